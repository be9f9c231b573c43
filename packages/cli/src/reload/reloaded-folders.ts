/** Checks the file and folders of `--reload`. */
import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { fileFault } from '../user-file.ts'
import { isOwnFile } from './own-files.ts'

/** The real paths of the folders. Throws `GANGWAY_E_USAGE` for a path that is not a folder, for a file that is not the user's own, and on Bun. */
export function reloadedFolders(file: string, folders: readonly string[]): readonly string[] {
  if (!canReload()) throw new GangwayError('GANGWAY_E_USAGE', '--reload is not supported on Bun. Run the command with Node.js')
  if (!isOwnFile(realpathSync(file))) throw new GangwayError('GANGWAY_E_USAGE', `--reload watches only your own files, but ${file} belongs to an installed package. Remove --reload, or run a copy`)
  return folders.map((folder) => {
    const path = resolve(folder)
    if (fileFault(path) !== 'is a folder') throw new GangwayError('GANGWAY_E_USAGE', `--reload-dir ${path} is not a folder. Check the path and the working directory`)
    return realpathSync(path)
  })
}

/** Bun accepts Node's module hooks but ignores them, so no file would ever be reloaded. */
export const canReload = (): boolean => !('bun' in process.versions)
