/** `gangway dev`: a server that is served, and the Inspector that is connected to it. */
import process from 'node:process'
import type { Command } from 'commander'
import { GangwayError, isGangwayError } from '@gangway/core'
import { run } from '../commands/run.ts'
import type { SettingName } from '../config/settings.ts'
import { exitCodeOf } from '../errors.ts'
import { nameFor } from '../install/entry-name.ts'
import { sourceName } from '../install/source.ts'
import { rejectLocal } from '../option-groups.ts'
import { say } from '../output.ts'
import { canReload } from '../reload/reloaded-folders.ts'
import { plan, planServing, type PlanOptions } from '../plan.ts'
import { endOnSignal } from '../signals.ts'
import { findUpstreams } from '../upstreams/find.ts'
import { LINKED, temporaryFolder, type HttpServer, type StdioServer } from './catalog.ts'
import { inspect, type InspectOptions } from './inspect.ts'
import type { Inspector } from './inspector.ts'
import { rejectOldVersion } from './install-inspector.ts'
import { choosePorts } from './ports.ts'
import { runWords, spawnedServer, type Typed } from './spawned.ts'

export type DevOptions = PlanOptions &
  InspectOptions & {
    /** `--no-reload` */
    readonly reload: boolean
    readonly reloadDir?: readonly string[]
    /** `--no-inspector` */
    readonly inspector: boolean
  }

/** How the command ends for want of what it needs. */
const UNPREPARED = 6

/** What would be of no use on stdio. */
const NETWORK = { host: '--host', port: '--port', path: '--path', allowedHost: '--allowed-host', allowedOrigin: '--allowed-origin', stateless: '--stateless', authIssuer: '--auth-issuer', authAudience: '--auth-audience', authScopes: '--auth-scopes' } as const

/** `command` is this one, as it was typed; `args` are for the server. */
export async function dev(spec: string | undefined, options: DevOptions, command: Command, args: readonly string[]): Promise<void> {
  const inherited = { ...process.env } // Before a config file or --env-file adds to it: `run` will read them again, and they may have changed.
  const isElsewhere = spec !== undefined && (await findUpstreams(spec)) !== undefined
  const { settings, environment } = isElsewhere ? { ...planServing(spec, options), environment: undefined } : await plan(spec, options, args)
  const setting = (name: SettingName): unknown => settings.get(name)?.[0]?.value
  const transport = String(setting('transport'))
  const { reload: wanted, install, refresh, ...others } = options
  const reload = wanted && canReload()
  if (wanted && !reload) say('gangway: Bun cannot reload a server: restart gangway dev after an edit, or run it with Node.js')
  if (options.reloadDir && !wanted) throw new GangwayError('GANGWAY_E_USAGE', '--reload-dir has no effect with --no-reload: leave one out')
  // A server that is elsewhere is neither loaded nor given packages; the Inspector is fetched all the same.
  const served = isElsewhere ? { ...others, install: true } : { ...others, install, ...(refresh && { refresh }), ...(reload && { reload: true as const }) }
  if (isElsewhere) rejectLocal(served, spec)
  const typed: Typed = { spec, command, args, isElsewhere, reload: reload && !isElsewhere }
  if (!options.inspector) return void (await run(spec, served, args, runWords(typed)))

  // Before anything takes its time.
  rejectOldVersion(options.inspectorVersion)
  await choosePorts(options)
  const verbose = options.debug === true || setting('logLevel') === 'debug'
  if (transport === 'stdio') {
    const [, idle] = Object.entries(NETWORK).find(([name]) => options[name as keyof typeof NETWORK] !== undefined) ?? []
    if (idle) throw new GangwayError('GANGWAY_E_USAGE', `${idle} has no effect on stdio: choose the http or sse transport, or leave it out`)
    if (environment) await (await import('../environment/prepare.ts')).prepare(environment) // What cannot be had is said here, not in a page.
    if (setting('logFormat') === undefined) inherited['GANGWAY_LOG_FORMAT'] = 'pretty' // The page shows the log to a person.
    for (const text of options.env ?? []) inherited[nameIn(text)] = process.env[nameIn(text)]
    const server = String(setting('server') ?? spec)
    await onStdio((folder) => spawnedServer(typed, inherited, folder), sourceName(server) ?? nameFor(server), verbose, options)
  } else {
    const url = await run(spec, { ...served, transport }, args)
    if (url !== undefined) await onHttp({ type: transport === 'sse' ? 'sse' : 'streamable-http', url }, verbose, options)
  }
}

/** Of `NAME=value`. */
const nameIn = (text: string): string => text.slice(0, text.indexOf('='))

/** The Inspector starts the server; without it, there is none. */
async function onStdio(serverIn: (folder: string) => StdioServer, name: string, verbose: boolean, options: InspectOptions): Promise<void> {
  let inspector: Inspector | undefined
  const isEnding = endOnSignal(async () => inspector?.stop())
  const folder = temporaryFolder()
  inspector = await inspect({ name, server: serverIn(folder), folder, verbose }, options).catch((cause: unknown) => {
    throw isGangwayError(cause) && exitCodeOf(cause) === UNPREPARED ? new GangwayError(cause.code, `${cause.message}; or go on without the Inspector: -t http --no-inspector`, { cause }) : cause
  })
  const { code, how } = await inspector.ended
  if (isEnding()) return // The signal's part is to exit.
  await inspector.stop() // What it has started may still be there.
  say(`gangway: The MCP Inspector ended (${how})`)
  process.exit(code)
}

/** The server is served here, whatever becomes of the Inspector. */
async function onHttp(server: HttpServer, verbose: boolean, options: InspectOptions): Promise<void> {
  try {
    const { ended } = await inspect({ name: LINKED, server, folder: temporaryFolder(), verbose }, options)
    void ended.then(({ how }) => say(`gangway: The MCP Inspector ended (${how}), and the server goes on: start gangway dev again to have both`))
  } catch (error) {
    if (!isGangwayError(error)) throw error
    say(`gangway: ${error.code}: ${error.message}; the server goes on without the Inspector`)
  }
}
