/** From a set of packages to a folder that has them: out of the cache, or by npm into it. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { ancestors } from '../ancestors.ts'
import { say } from '../output.ts'
import { findEntry, makeEntry, type EntryKind } from './cache.ts'
import { runNpm } from './npm.ts'
import { hash } from './package-spec.ts'

export interface InstallOptions {
  /** Whether the network may be used. */
  readonly install: boolean
  /** Do not take it from the cache. */
  readonly refresh: boolean
  readonly debug: boolean
  /** Where to look for the project's `.npmrc`. */
  readonly folder: string
}

export interface Installation {
  readonly kind: EntryKind
  /** What makes it differ from any other. */
  readonly identity: readonly unknown[]
  /** Its files before npm runs, by name. */
  readonly files: Readonly<Record<string, string>>
  readonly npm: readonly string[]
  /** In words, for progress and errors. */
  readonly what: string
  /** Said before it is fetched. */
  readonly note?: string | undefined
  /** Throws if it is not what was asked for. */
  readonly check?: (folder: string) => void
}

/** Rises when an older version of this command would have installed something else. */
const FORMAT = 1

export async function installed({ kind, identity, files, npm, what, note, check }: Installation, { install, refresh, debug, folder: project }: InstallOptions): Promise<string> {
  const settings = npmSettings(project)
  const key = hash(JSON.stringify([FORMAT, process.platform, process.arch, settings, process.env['npm_config_registry'], ...identity]))
  const found = findEntry(kind, key)
  if (found !== undefined && !(refresh && install)) return found
  if (!install) throw new GangwayError('GANGWAY_E_NOT_INSTALLED', `${what} would have to be installed: run it once without --no-install`)
  if (note !== undefined) say(`gangway: ${note}`)
  const fill = async (folder: string): Promise<void> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    if (settings !== undefined) writeFileSync(join(folder, '.npmrc'), settings, { mode: 0o600 })
    await runNpm({ folder, args: npm, what, debug, refresh })
    check?.(folder)
    rmSync(join(folder, '.npmrc'), { force: true }) // It may hold a token.
  }
  return makeEntry({ kind, key, refresh, fill })
}

/** A project may have registries of its own, which npm reads from the folder that it installs into. */
function npmSettings(folder: string): string | undefined {
  const project = ancestors(folder).find((above) => ['.npmrc', 'package.json'].some((name) => existsSync(join(above, name))))
  const file = project === undefined ? undefined : join(project, '.npmrc')
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined
}
