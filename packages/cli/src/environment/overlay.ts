/** Which imports are answered from elsewhere than Node would: those of the user's own files, by the packages asked for on the command line. */
import { existsSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ancestors } from '../ancestors.ts'

/** Can be sent to another thread. */
export interface OverlayFolders {
  /** Each with packages in its `node_modules`; earlier ones come first. */
  readonly packages: readonly string[]
  /** A project whose packages come next, and those above it. */
  readonly project: string | undefined
  /** Where this command lies: files of its own are nobody else's, and its copies of our packages serve projects that have none. */
  readonly command: string
}

const PACKAGE = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*/
const OURS = '@gangway/'

export class Overlay {
  readonly #folders: OverlayFolders

  constructor(folders: OverlayFolders) {
    this.#folders = folders
  }

  /** Where packages are looked for before anywhere else. */
  get folders(): readonly string[] {
    const { packages, project } = this.#folders
    return project === undefined ? packages : [...packages, project]
  }

  /** The folder to resolve from instead; undefined where Node is right. `importer` is a path or a URL. */
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
