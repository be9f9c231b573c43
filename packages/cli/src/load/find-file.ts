/** From a path as it was typed to the file it means. */
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { closest, GangwayError } from '@gangway/core'

export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

/** Its absolute path. Throws `GANGWAY_E_FILE_NOT_FOUND` and `GANGWAY_E_NOT_A_FILE`. */
export function findFile(path: string): string {
  const file = resolve(path)
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.isDirectory()) throw new GangwayError('GANGWAY_E_NOT_A_FILE', `${file} is a folder: name the file in it that exports the server`)
  if (!found) throw new GangwayError('GANGWAY_E_FILE_NOT_FOUND', `There is no file ${file}${advice(file)}`)
  return file
}

function advice(file: string): string {
  const near = nearest(file)
  if (near) return `: did you mean ${near}?`
  const folder = dirname(file)
  const isThere = statSync(folder, { throwIfNoEntry: false }) !== undefined
  return `${isThere ? '' : `, nor a folder ${folder}`}: check the path, and the folder that you are in`
}

/** The file beside it, by its absolute path, whose name differs in the extension, or a little. */
export function nearest(file: string): string | undefined {
  const folder = dirname(file)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
  const wanted = basename(file)
  const near = closest(wanted, names) ?? names.find((name) => parse(name).name === parse(wanted).name)
  return near && join(folder, near)
}
