/** Checks what `--reload` is asked to follow. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'
import { isOwnFile } from './own-files.ts'

/** The real paths of the folders. Throws `GANGWAY_E_USAGE` for a path that is not a folder, for a file that is not the user's own, and on Bun. */
export function reloadedFolders(file: string, folders: readonly string[]): readonly string[] {
  if (!canReload()) throw new GangwayError('GANGWAY_E_USAGE', '--reload does not work on Bun, which has no hooks into the loading of modules: run the command with Node.js')
  if (!isOwnFile(realpathSync(file))) throw new GangwayError('GANGWAY_E_USAGE', `--reload follows files that you edit, and ${file} is of an installed package: leave it out, or run a copy of yours`)
  return folders.map((folder) => {
    const path = resolve(folder)
    if (fileFault(path) !== 'is a folder') throw new GangwayError('GANGWAY_E_USAGE', `--reload-dir takes a folder, and ${path} is none: check the path, and the folder that you are in`)
    return realpathSync(path)
  })
}

/** Bun accepts Node's module hooks and ignores them, so a changed file would never be loaded again. */
export const canReload = (): boolean => !('bun' in process.versions)
