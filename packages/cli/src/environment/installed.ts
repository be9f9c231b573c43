/** Resolves an installation to a folder: from the cache, or by running npm. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { ancestors } from '../ancestors.ts'
import { logLine } from '../output.ts'
import { findEntry, makeEntry, type EntryKind } from './cache-entries.ts'
import { runNpm } from './npm.ts'
import { hash } from './package-spec.ts'

export interface InstallOptions {
  /** False with `--no-install`: use only the cache. */
  readonly install: boolean
  /** True with `--refresh`: reinstall even if cached. */
  readonly refresh: boolean
  readonly debug: boolean
  /** The folder from which to search for the project's `.npmrc`. */
  readonly folder: string
}

export interface Installation {
  readonly kind: EntryKind
  /** Values that identify the installation in the cache. */
  readonly identity: readonly unknown[]
  /** Files to write before npm runs, by name. */
  readonly files: Readonly<Record<string, string>>
  readonly npm: readonly string[]
  /** A description for progress and errors. */
  readonly what: string
  /** Printed before the download. */
  readonly note?: string | undefined
  /** Throws if the result is not the requested one. */
  readonly check?: (folder: string) => void
}

/** Increase it when the same request would now install something else. */
const FORMAT = 1

export async function installed({ kind, identity, files, npm, what, note, check }: Installation, { install, refresh, debug, folder: project }: InstallOptions): Promise<string> {
  const settings = npmSettings(project)
  const key = hash(JSON.stringify([FORMAT, process.platform, process.arch, settings, process.env['npm_config_registry'], ...identity]))
  const found = findEntry(kind, key)
  if (found !== undefined && !(refresh && install)) return found
  if (!install) throw new GangwayError('GANGWAY_E_NOT_INSTALLED', `The cache does not contain ${what}. Run once without --no-install to install it`)
  if (note !== undefined) logLine(`gangway: ${note}`)
  const fill = async (folder: string): Promise<void> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    if (settings !== undefined) writeFileSync(join(folder, '.npmrc'), settings, { mode: 0o600 })
    await runNpm({ folder, args: npm, what, debug, refresh })
    check?.(folder)
    rmSync(join(folder, '.npmrc'), { force: true }) // It may contain a token.
  }
  return makeEntry({ kind, key, refresh, fill })
}

/** The project's `.npmrc`, which may configure registries. npm reads it only from the folder it installs into. */
function npmSettings(folder: string): string | undefined {
  const project = ancestors(folder).find((above) => ['.npmrc', 'package.json'].some((name) => existsSync(join(above, name))))
  const file = project === undefined ? undefined : join(project, '.npmrc')
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
