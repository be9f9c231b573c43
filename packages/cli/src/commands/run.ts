/** `gangway run`: from its command line to a server that is served. */
import process from 'node:process'
import { Argument, Option, type Command } from 'commander'
import { GangwayError, switchVariable, type Revision } from '@gangway/core'
import { authenticateOf } from '../config/authenticate.ts'
import { describedVariables, setVariablesOf } from '../config/settings.ts'
import { warnOfUnknownVariables } from '../config/unknown-variables.ts'
import { isolate } from '../isolate.ts'
import { addEnvironmentOptions, addReloadOptions, addServeOptions, addSourceOptions, rejectLocal, type ReloadOptions } from '../option-groups.ts'
import { write } from '../output.ts'
import { plan, planServing, type PlanOptions } from '../plan.ts'
import { serveFile } from '../serve-file.ts'
import { findUpstreams, type Upstreams } from '../upstreams/find.ts'
import { headerOption } from '../upstreams/headers.ts'
import { maxConnectionsOption, revisionOption } from '../upstreams/limit-options.ts'

export interface RunOptions extends PlanOptions, ReloadOptions {
  readonly explain?: true
  readonly wire?: number
  readonly inherit?: string
  readonly header?: Readonly<Record<string, string>>
  readonly requireUpstreams?: true
  readonly revision?: Revision
  readonly maxConnections?: number
}

/** In lines as long as those above them. */
const VARIABLES = `Variables: ${describedVariables().map(({ variable }) => variable).join(', ')}.`.replaceAll(/(.{1,110})(?: |$)/g, '$1\n').trimEnd()

const EXAMPLES = `
Examples:
  $ gangway run server.ts                        on stdio, for a client that starts it
  $ gangway run server.ts -t http -p 8000        on http://127.0.0.1:8000/mcp
  $ gangway run server.ts:create -- --db a.db    what create() returns; the rest is the server's process.argv
  $ gangway run server.ts --with zod --node 24   with packages and a Node that the project does not have
  $ gangway run server.ts --reload               with every change of its files, while clients stay connected
  $ gangway run --profile prod                   what gangway.config.ts or gangway.json here says
  $ gangway run https://example.com/mcp          a remote server, on stdio
  $ gangway run mcp.json -t http                 the servers of a host's file, as one

Without a name, the default export is run, or else the export called mcp, server or app. A function that is
exported by default, or named, is called with { args, env } and returns the server. A file that calls run() itself
is left to it, with these flags over its arguments. Servers of the official SDK are run as well.
${VARIABLES}`

/** `args` are for the server. */
export function addRun(program: Command, args: readonly string[]): void {
  const command = program
    .command('run')
    .description('run the MCP server that a file exports, or one that is elsewhere')
    .usage('[file[:export]] [options] [-- <arguments of the server>]')
    .addArgument(new Argument('[file]', 'TypeScript or JavaScript; file:export or file#export picks an export, which may be dotted; or a config file; or an address, or an mcp.json, whose servers are passed on'))
  addSourceOptions(command)
  command
    .addOption(headerOption())
    .option('--require-upstreams', 'end if a server of an address or an mcp.json cannot be reached, instead of trying again')
    .addOption(revisionOption())
    .addOption(maxConnectionsOption())
  addServeOptions(command)
  command
    .option('--strict-stdout', 'on stdio, end with an error when the server prints to stdout, which is for messages')
    .option('--isolate-stdout', 'on stdio, keep even native code from stdout, by a process of its own')
    .addOption(new Option('--wire <descriptor>').argParser(Number).hideHelp()) // From --isolate-stdout to the process of its own.
    .addOption(new Option('--inherit <file>').hideHelp()) // From dev, by way of the Inspector.
  addEnvironmentOptions(command)
  addReloadOptions(command)
  command
    .optionsGroup('Instead of running:')
    .option('--explain', 'print every setting, where it comes from and what it overrode')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: RunOptions) => void (await run(file, options, args)))
}

/** Resolves once it serves, with where that is: undefined on stdio. `words` are those of the command line that would do the same. */
export async function run(spec: string | undefined, options: RunOptions, args: readonly string[], words: readonly string[] = process.argv.slice(2)): Promise<string | undefined> {
  if (options.inherit !== undefined) await (await import('../dev/inherit.ts')).inherit(options.inherit)
  const upstreams = spec === undefined ? undefined : await findUpstreams(spec, { headers: options.header })
  if (upstreams) return elsewhere(upstreams, String(spec), options, args)
  if (options.header && spec === undefined) throw new GangwayError('GANGWAY_E_USAGE', '--header is for the address of a server, and none is named: add it, or leave it out')
  if (options.requireUpstreams) throw new GangwayError('GANGWAY_E_USAGE', `--require-upstreams is for an address or an mcp.json, and ${spec ?? 'a config file'} is neither: leave it out`)
  const [limit] = [options.revision && '--revision', options.maxConnections && '--max-connections'].filter(Boolean)
  if (limit) throw new GangwayError('GANGWAY_E_USAGE', `${limit} is for an address or an mcp.json, and ${spec ?? 'a config file'} is neither: leave it out`)
  const planned = await plan(spec, options, args)
  const { settings, flags } = planned
  if (flags.transport === 'sse' && flags.sessions) throw new GangwayError('GANGWAY_E_USAGE', '--stateless has no effect on sse, which is all sessions: choose the http transport, or leave it out')
  const [guard] = [options.strictStdout && '--strict-stdout', options.isolateStdout && '--isolate-stdout'].filter(Boolean)
  if (guard && (flags.transport ?? 'stdio') !== 'stdio') throw new GangwayError('GANGWAY_E_USAGE', `${guard} has no effect on ${flags.transport}, where nothing is read from stdout: leave it out`)
  if (flags.transport === 'stdio' && options.authIssuer !== undefined) throw new GangwayError('GANGWAY_E_USAGE', '--auth-issuer has no effect on stdio, where who starts the server is who calls it: choose the http or sse transport, or leave it out')
  if (options.explain) return void write((await import('../config/explain.ts')).explain(settings, planned.environment))
  setVariablesOf(settings)
  const authenticate = await authenticateOf(settings)
  const environment = planned.environment && (await (await import('../environment/prepare.ts')).prepare(planned.environment))
  const banner = settings.get('banner')?.[0]?.value !== false
  const { target, folder } = planned
  const file = 'file' in target ? target.file : (await import('../load/find-package.ts')).findPackage(target.module, [...(environment?.overlay.folders ?? []), folder])
  const mayBeStdio = flags.transport === undefined || flags.transport === 'stdio'
  const { strictStdout, isolateStdout = switchVariable('GANGWAY_ISOLATE_STDOUT'), wire } = options
  if (isolateStdout && wire === undefined && mayBeStdio) return void isolate(words)
  const reload = options.reload || options.reloadDir ? (await import('../reload/reloaded-folders.ts')).reloadedFolders(file, options.reloadDir ?? []) : undefined
  warnOfUnknownVariables()
  return serveFile(file, { exportName: target.exportName, args: planned.args, banner, flags: authenticate ? { ...flags, authenticate } : flags, environment, reload, ...(mayBeStdio && { firewall: { strict: strictStdout, wire } }) })
}

async function elsewhere(upstreams: Upstreams, spec: string, options: RunOptions, args: readonly string[]): Promise<string | undefined> {
  if (args.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${spec} is served elsewhere, and takes no arguments: leave out what follows --`)
  rejectLocal(options, spec)
  const { settings, flags } = planServing(spec, options)
  if (options.explain) return void write((await import('../config/explain.ts')).explain(settings, undefined))
  setVariablesOf(settings)
  const authenticate = await authenticateOf(settings)
  warnOfUnknownVariables()
  const { serveUpstreams } = await import('../upstreams/serve.ts')
  return serveUpstreams(upstreams, { flags: authenticate ? { ...flags, authenticate } : flags, banner: options.banner, required: options.requireUpstreams === true, limits: { revision: options.revision, maxConnections: options.maxConnections } })
}
