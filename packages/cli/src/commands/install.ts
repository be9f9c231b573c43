/** `gangway install`: enters a server in a host's configuration, and shows that it starts there. */
import { resolve } from 'node:path'
import { Argument, Option, type Command } from 'commander'
import { GangwayError } from '@gangway/core'
import { previewConfig, writeConfig } from '../install/config-file.ts'
import { entryIn, withEntry, type Spot } from '../install/edit-config.ts'
import { entryFor, specOf, updated, type Entry } from '../install/entry.ts'
import { checkName, nameFor } from '../install/entry-name.ts'
import { collectEnv, readEnvFile } from '../install/env-values.ts'
import { launcherFor } from '../install/launcher.ts'
import { thisPlace } from '../install/place.ts'
import { prove } from '../install/proof.ts'
import { showChange } from '../install/report.ts'
import { configPathOf, findTarget, TARGETS, type Scope, type Target } from '../install/targets.ts'
import { findFile, isFile } from '../load/find-file.ts'
import { parseSpec } from '../load/spec.ts'
import { say, write } from '../output.ts'

interface InstallOptions {
  name?: string
  env?: Record<string, string>
  envFile?: string
  scope?: Scope
  configPath?: string
  force?: boolean
  dryRun?: boolean
  check: boolean
}

const EXAMPLES = `
Examples:
  $ gangway install claude-desktop server.ts
  $ gangway install claude-code server.ts --scope project -- --db notes.db
  $ gangway install cursor server.ts:create --name notes --env-file .env
  $ gangway install vscode server.ts --dry-run
  $ gangway install mcp-json server.ts > mcp.json

Only the server's own entry is written; all else in the file stays as it is, and a copy of the file as it was is kept
beside it, as <file>.gangway.bak. Then the server is started as the host will start it, without your shell's variables.
Values of --env and --env-file are written to the file as they are, for hosts need them so; they are not shown, except
in what mcp-json prints. Shells remember what was typed, so --env-file is the better place for secrets.`

/** `args` are for the server. */
export function addInstall(program: Command, args: readonly string[]): void {
  program
    .command('install')
    .description("enter a server in a host's configuration")
    .usage('<target> <file>[:export] [options] [-- <arguments of the server>]')
    .addArgument(new Argument('<target>', 'who is to start it').choices([...TARGETS.keys()]))
    .addArgument(new Argument('<file>', 'TypeScript or JavaScript; file:export or file#export picks an export, as with run'))
    .option('-n, --name <name>', 'name of the entry (default: that of the file, package or folder)')
    .addOption(new Option('--env <name=value>', 'variable for the server, repeatable').argParser(collectEnv))
    .option('--env-file <file>', 'variables for the server, one to a line; --env goes over them')
    .addOption(new Option('--scope <scope>', 'for you, or for the project in this folder (default: user)').choices(['user', 'project']))
    .addOption(new Option('--config-path <file>', "write to this file instead of the host's own").conflicts('scope'))
    .option('--force', 'replace an entry of that name that runs something else')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('--no-check', 'do not start the server afterwards')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action((target: string, file: string, options: InstallOptions) => install(findTarget(target), file, options, args))
}

async function install(target: Target, typed: string, options: InstallOptions, args: readonly string[]): Promise<void> {
  const place = thisPlace()
  const { path, exportName } = parseSpec(typed, isFile)
  const file = findFile(path)
  const launcher = launcherFor(file)
  const spec = exportName === undefined ? file : `${file}:${exportName}`
  const name = checkName(options.name ?? nameFor(file), target)
  const env = { ...(options.envFile !== undefined && readEnvFile(options.envFile)), ...options.env }
  const entry = entryFor({ launcher, spec, args, env, typed: target.typed })
  const config = options.configPath === undefined ? configPathOf(target, place, options.scope) : resolve(options.configPath)
  if (launcher.note !== undefined) say(launcher.note)
  const state = config === undefined ? print(target, name, entry) : await enter({ target, entry, spec, options, spot: { file: config, section: target.section, name } })
  if (state === undefined || !options.check) return
  await prove({ entry, host: config === undefined ? 'a host' : target.label, folder: options.scope === 'project' ? place.cwd : undefined, state }, place, say)
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
