/** From a path as it was typed to the file it means. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { closest, GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'

export const isFile = (path: string): boolean => fileFault(path) === undefined

/** Its absolute path. `purpose` completes "name a file that …". Throws `GANGWAY_E_FILE_NOT_FOUND` and `GANGWAY_E_NOT_A_FILE`. */
export function findFile(path: string, purpose = 'exports the server'): string {
  const file = resolve(path)
  const fault = fileFault(file)
  if (fault === 'does not exist') throw new GangwayError('GANGWAY_E_FILE_NOT_FOUND', `There is no file ${file}${advice(file)}`)
  if (fault !== undefined) throw new GangwayError('GANGWAY_E_NOT_A_FILE', `${file} ${fault}: name ${fault === 'is a folder' ? 'the file in it' : 'a file'} that ${purpose}`)
  return file
}

function advice(file: string): string {
  const near = nearest(file)
  if (near) return `: did you mean ${near}?`
  const folder = dirname(file)
  const isThere = fileFault(folder) !== 'does not exist'
  return `${isThere ? '' : `, nor a folder ${folder}`}: check the path, and the folder that you are in`
}

/** The file beside it, by its absolute path, whose name differs in the extension, or a little. */
export function nearest(file: string): string | undefined {
  const folder = dirname(file)
  if (fileFault(folder) !== 'is a folder') return undefined
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
  const wanted = basename(file)
  const near = closest(wanted, names) ?? names.find((name) => parse(name).name === parse(wanted).name)
  return near && join(folder, near)
}
