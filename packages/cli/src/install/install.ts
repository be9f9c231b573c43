/** From a server and a host to an entry that is seen to start. */
import { resolve } from 'node:path'
import { GangwayError } from '@gangway/core'
import { parseAssignments, readVariables } from '../config/variables.ts'
import { say, write } from '../output.ts'
import { previewConfig, writeConfig } from './config-file.ts'
import { entryIn, withEntry, type Spot } from './edit-config.ts'
import { entryFor, specOf, updated, type Entry } from './entry.ts'
import { checkName } from './entry-name.ts'
import { launcherFor } from './launcher.ts'
import { thisPlace } from './place.ts'
import { prove } from './proof.ts'
import { showChange } from './report.ts'
import { sourceOf, type SourceRequest } from './source.ts'
import { configPathOf, type Scope, type Target } from './targets.ts'

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

/** `args` are for the server. */
export async function install(target: Target, typed: string | undefined, options: InstallOptions, args: readonly string[]): Promise<void> {
  const place = thisPlace()
  const { spec, flags, file, name: own } = sourceOf(typed, options, args)
  const launcher = launcherFor(file)
  const name = checkName(options.name ?? own, target)
  const env = { ...(options.envFile !== undefined && readVariables(resolve(options.envFile), '--env-file')), ...parseAssignments(options.env ?? []) }
  const entry = entryFor({ launcher, spec, flags, args, env, typed: target.typed })
  const config = options.configPath === undefined ? configPathOf(target, place, options.scope) : resolve(options.configPath)
  if (launcher.note !== undefined) say(launcher.note)
  const state = config === undefined ? print(target, name, entry) : await enter({ target, entry, spec, options, spot: { file: config, section: target.section, name } })
  if (state === undefined || !options.check || options.dryRun) return
  await prove({ entry, host: config === undefined ? 'a host' : target.label, folder: options.scope === 'project' ? place.cwd : undefined, state }, place)
  if (target.next && options.configPath === undefined) say(`${target.next} to use it.`)
}

interface Entering {
  readonly target: Target
  readonly entry: Entry
  readonly spec: string
  readonly options: InstallOptions
  readonly spot: Spot
}

/** Says what it did; undefined if that was only a trial. */
async function enter({ target, entry, spec, options, spot }: Entering): Promise<string | undefined> {
  const edit = (text: string): string => {
    const old = entryIn(text, spot)
    if (!options.force) refuseOther(old, spec, spot)
    return withEntry(text, spot, updated(old, entry))
  }
  if (options.dryRun) return showChange(previewConfig(spot.file, edit), spot)
  const { file, before, after, backup } = await writeConfig(spot.file, edit)
  const state = `"${spot.name}" ${before === after ? 'was already' : 'is now'} in ${target.label}'s ${file}`
  say(backup === undefined ? state : `${state} (as it was: ${backup})`)
  return state
}

function refuseOther(old: unknown, spec: string, { name, file }: Spot): void {
  const other = specOf(old)
  if (old === undefined || other === spec) return
  throw new GangwayError('GANGWAY_E_ENTRY_TAKEN', `"${name}" in ${file} ${other === undefined ? 'is not from gangway' : `runs ${other}`}: choose another --name, or replace it with --force`)
}

/** To standard output, where nothing else is written. */
function print({ section, label }: Target, name: string, entry: Entry): string {
  write(`${JSON.stringify({ [section]: { [name]: entry } }, null, 2)}\n`)
  return `"${name}" is printed as ${label}`
}
