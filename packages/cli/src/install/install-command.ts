/** `gangway install`: adds a server to a host's configuration, and checks that it starts. */
import { resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { parseAssignments, readVariables } from '../config/env-variables.ts'
import { logLine, write } from '../output.ts'
import { previewConfig, writeConfig } from './host-config-file.ts'
import { entryIn, withEntry, type Spot } from './edit-host-config.ts'
import { entryFor, specOf, updated, type Entry } from './host-entry.ts'
import { checkName } from './entry-name.ts'
import { launcherFor } from './launcher.ts'
import { thisPlace } from './platform.ts'
import { checkStart } from './check-start.ts'
import { showChange } from './show-change.ts'
import { sourceOf, type SourceRequest } from './install-source.ts'
import { configPathOf, type Scope, type Target } from './hosts.ts'

export interface InstallOptions extends SourceRequest {
  name?: string
  env?: readonly string[]
  envFile?: string
  scope?: Scope
  configPath?: string
  force?: boolean
  dryRun?: boolean
  check: boolean
}

/** `args` are the arguments for the server. */
export async function install(target: Target, typed: string | undefined, options: InstallOptions, args: readonly string[]): Promise<void> {
  const place = thisPlace()
  const { spec, flags, file, name: own } = sourceOf(typed, options, args)
  const launcher = launcherFor(file)
  const name = checkName(options.name ?? own, target)
  const env = { ...(options.envFile !== undefined && readVariables(resolve(options.envFile), '--env-file')), ...parseAssignments(options.env ?? []) }
  const entry = entryFor({ launcher, spec, flags, args, env, typed: target.typed })
  const config = options.configPath === undefined ? configPathOf(target, place, options.scope) : resolve(options.configPath)
  if (launcher.note !== undefined) logLine(launcher.note)
  const state = config === undefined ? print(target, name, entry) : await writeEntry({ target, entry, spec, options, spot: { file: config, section: target.section, name } })
  if (state === undefined || !options.check || options.dryRun) return
  await checkStart({ entry, host: config === undefined ? 'a host' : target.label, folder: options.scope === 'project' ? place.cwd : undefined, state }, place)
  if (target.next && options.configPath === undefined) logLine(`${target.next} to use it.`)
}

interface EntryRequest {
  readonly target: Target
  readonly entry: Entry
  readonly spec: string
  readonly options: InstallOptions
  readonly spot: Spot
}

/** Returns a description of the result; undefined with `--dry-run`. */
async function writeEntry({ target, entry, spec, options, spot }: EntryRequest): Promise<string | undefined> {
  const edit = (text: string): string => {
    const old = entryIn(text, spot)
    if (!options.force) refuseOther(old, spec, spot)
    return withEntry(text, spot, updated(old, entry))
  }
  if (options.dryRun) return showChange(previewConfig(spot.file, edit), spot)
  const { file, before, after, backup } = await writeConfig(spot.file, edit)
  const state = `"${spot.name}" is ${before === after ? 'already' : 'now'} in the configuration of ${target.label}, ${file}`
  logLine(backup === undefined ? state : `${state} (backup: ${backup})`)
  return state
}

function refuseOther(old: unknown, spec: string, { name, file }: Spot): void {
  const other = specOf(old)
  if (old === undefined || other === spec) return
  throw new GangwayError('GANGWAY_E_ENTRY_TAKEN', `"${name}" in ${file} ${other === undefined ? 'was not created by gangway' : `runs ${other}`}. Choose another --name, or replace it with --force`)
}

/** Prints only the entry to stdout. */
function print({ section, label }: Target, name: string, entry: Entry): string {
  write(`${JSON.stringify({ [section]: { [name]: entry } }, null, 2)}\n`)
  return `"${name}" was printed as ${label}`
}
