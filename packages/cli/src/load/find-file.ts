/** Checks that a path names a file, and suggests similar names if it does not. */
import { readdirSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { closest } from '@gangway/core/internal'
import { fileFault } from '../user-file.ts'

export const isFile = (path: string): boolean => fileFault(path) === undefined

/** Returns the absolute path. `purpose` completes "pass a file that …". Throws `GANGWAY_E_FILE_NOT_FOUND` and `GANGWAY_E_NOT_A_FILE`. */
export function findFile(path: string, purpose = 'exports the server'): string {
  const file = resolve(path)
  const fault = fileFault(file)
  if (fault === 'does not exist') throw new GangwayError('GANGWAY_E_FILE_NOT_FOUND', `Cannot find ${file}${advice(file)}`)
  if (fault !== undefined) throw new GangwayError('GANGWAY_E_NOT_A_FILE', `${file} ${fault}. Pass ${fault === 'is a folder' ? 'the file in it' : 'a file'} that ${purpose}`)
  return file
}

function advice(file: string): string {
  const near = nearest(file)
  if (near) return `. Did you mean ${near}?`
  const folder = dirname(file)
  const hasFolder = fileFault(folder) !== 'does not exist'
  return `${hasFolder ? '' : `: the folder ${folder} does not exist`}. Check the path and the working directory`
}

/** The absolute path of a file in the same folder with a similar name, or the same name and another extension. */
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
