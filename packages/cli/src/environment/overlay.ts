/** Decides which imports of the user's files resolve to packages from `--with` and `--project` instead of their own node_modules. */
import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ancestors } from '../ancestors.ts'

/** Plain data, because it is sent to the loader thread. */
export interface OverlayFolders {
  /** Folders with a `node_modules`, in order of precedence. */
  readonly packages: readonly string[]
  /** The folder of `--project`. It comes after `packages`. */
  readonly project: string | undefined
  /** The folder of this command. Its own imports are not redirected, and its copies of Gangway packages are the fallback for projects without them. */
  readonly command: string
}

const PACKAGE = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*/
const OURS = '@gangway/'

export class Overlay {
  readonly #folders: OverlayFolders

  constructor(folders: OverlayFolders) {
    this.#folders = folders
  }

  /** Folders to search for packages first. */
  get folders(): readonly string[] {
    const { packages, project } = this.#folders
    return project === undefined ? packages : [...packages, project]
  }

  /** The folder to resolve from; undefined for the normal resolution. `importer` is a path or a URL. */
  locate(specifier: string, importer: string | undefined): string | undefined {
    const [name] = PACKAGE.exec(specifier) ?? []
    if (name === undefined || isBuiltin(specifier) || /^[a-z]+:/i.test(specifier)) return undefined
    const { packages, project, command } = this.#folders
    const file = toPath(importer)
    if (file === undefined || file.startsWith(command) || /[\\/]node_modules[\\/]/.test(file)) return undefined
    const added = packages.find((folder) => holds(folder, name))
    if (added !== undefined) return added
    if (project !== undefined && reaches(project, name)) return project
    return name.startsWith(OURS) && !reaches(dirname(file), name) && reaches(command, name) ? command : undefined
  }
}

const holds = (folder: string, name: string): boolean => existsSync(join(folder, 'node_modules', name))

const reaches = (folder: string, name: string): boolean => ancestors(folder).some((above) => holds(above, name))

function toPath(importer: string | undefined): string | undefined {
  if (importer === undefined || /^(?!file:)[a-z]{2,}:/i.test(importer)) return undefined
  return importer.startsWith('file:') ? fileURLToPath(importer) : importer
}
