/** `gangway dev`: runs a server, and the Inspector that connects to it. */
import process from 'node:process'
import type { Command } from 'commander'
import { GangwayError, isGangwayError } from '@gangway/core'
import { run } from '../commands/run.ts'
import type { SettingName } from '../config/settings-table.ts'
import { exitCodeOf } from '../errors.ts'
import { nameFor } from '../install/entry-name.ts'
import { sourceName } from '../install/install-source.ts'
import { rejectLocal, rejectOnStdio } from '../option-groups.ts'
import { logLine } from '../output.ts'
import { canReload } from '../reload/reloaded-folders.ts'
import { plan, planServing, type PlanOptions } from '../run-plan.ts'
import { exitOnSignal } from '../process/signals.ts'
import { findUpstreams } from '../upstreams/find-upstreams.ts'
import { LINKED, temporaryFolder, type HttpServer, type StdioServer } from './inspector-config.ts'
import { inspect, type InspectOptions } from './launch-inspector.ts'
import type { Inspector } from './inspector-process.ts'
import { rejectOldVersion } from './install-inspector.ts'
import { choosePorts } from './inspector-ports.ts'
import { runWords, spawnedServer, type Typed } from './run-arguments.ts'

export type DevOptions = PlanOptions &
  InspectOptions & {
    /** `--no-reload` */
    readonly reload: boolean
    readonly reloadDir?: readonly string[]
    /** `--no-inspector` */
    readonly inspector: boolean
  }

/** The exit code of installation errors. */
const INSTALLATION_FAILED = 6

/** `command` is the parsed command line; `args` are for the server. */
export async function dev(spec: string | undefined, options: DevOptions, command: Command, args: readonly string[]): Promise<void> {
  const isRemote = spec !== undefined && (await findUpstreams(spec)) !== undefined
  const { settings, variables, environment } = isRemote ? { ...planServing(spec, options), environment: undefined } : await plan(spec, options, args)
  const setting = (name: SettingName): unknown => settings.get(name)?.[0]?.value
  const transport = String(setting('transport'))
  const { reload: wanted, install, refresh, ...others } = options
  const reload = wanted && canReload()
  if (wanted && !reload) logLine('gangway: Bun does not support reloading. Restart gangway dev after each edit, or use Node.js')
  if (options.reloadDir && !wanted) throw new GangwayError('GANGWAY_E_USAGE', '--reload-dir and --no-reload cannot be used together. Remove one of them')
  // For a remote server, --no-install and --refresh apply only to the Inspector.
  const served = isRemote ? { ...others, install: true } : { ...others, install, ...(refresh && { refresh }), ...(reload && { reload: true as const }) }
  if (isRemote) rejectLocal(served, spec)
  const typed: Typed = { spec, command, args, isRemote, reload: reload && !isRemote }
  if (!options.inspector) return void (await run(spec, served, args, runWords(typed)))

  // Checked first, because these fail fast.
  rejectOldVersion(options.inspectorVersion)
  await choosePorts(options)
  const verbose = options.debug === true || setting('logLevel') === 'debug'
  if (transport === 'stdio') {
    rejectOnStdio(options, 'address', 'access')
    const inherited = { ...process.env } // Without the variables of the config file and --env-file: the server's process reads these files itself, at every start.
    Object.assign(process.env, variables) // For the installation and the Inspector.
    if (environment) await (await import('../environment/prepare.ts')).prepare(environment) // Installation errors appear here instead of in the Inspector.
    if (setting('logFormat') === undefined) inherited['GANGWAY_LOG_FORMAT'] = 'pretty' // The Inspector's page shows the log.
    for (const text of options.env ?? []) inherited[nameIn(text)] = variables[nameIn(text)]
    const server = String(setting('server') ?? spec)
    await onStdio((folder) => spawnedServer(typed, inherited, folder), sourceName(server) ?? nameFor(server), verbose, options)
  } else {
    const url = await run(spec, { ...served, transport }, args)
    if (url !== undefined) await onHttp({ type: transport === 'sse' ? 'sse' : 'streamable-http', url }, verbose, options)
  }
}

/** Of `NAME=value`. */
const nameIn = (text: string): string => text.slice(0, text.indexOf('='))

/** The Inspector starts the server, so its failure ends the command. */
async function onStdio(serverIn: (folder: string) => StdioServer, name: string, verbose: boolean, options: InspectOptions): Promise<void> {
  let inspector: Inspector | undefined
  const { isStopping } = exitOnSignal({ stop: async () => inspector?.stop(), code: 0 })
  const folder = temporaryFolder()
  inspector = await inspect({ name, server: serverIn(folder), folder, verbose }, options).catch((cause: unknown) => {
    throw isGangwayError(cause) && exitCodeOf(cause) === INSTALLATION_FAILED ? new GangwayError(cause.code, `${cause.message}. To run without the Inspector, use -t http --no-inspector`, { cause }) : cause
  })
  const { code, how } = await inspector.ended
  if (isStopping()) return // The signal handler exits.
  await inspector.stop() // Its child processes may still be running.
  logLine(`gangway: The MCP Inspector stopped (${how})`)
  process.exit(code)
}

/** This process runs the server, which continues without the Inspector. */
async function onHttp(server: HttpServer, verbose: boolean, options: InspectOptions): Promise<void> {
  try {
    const { ended } = await inspect({ name: LINKED, server, folder: temporaryFolder(), verbose }, options)
    void ended.then(({ how }) => logLine(`gangway: The MCP Inspector stopped (${how}). The server is still running. Restart gangway dev to restart both`))
  } catch (error) {
    if (!isGangwayError(error)) throw error
    logLine(`gangway: ${error.code}: ${error.message}. The server is running without the Inspector`)
  }
}
