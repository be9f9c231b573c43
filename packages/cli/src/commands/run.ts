/** `gangway run`: runs the server in a file, or a proxy for remote servers. */
import process from 'node:process'
import { Argument, Option, type Command } from 'commander'
import { GangwayError, type Revision } from '@gangway/core'
import { authenticateOf } from '../config/authenticate.ts'
import { namesOfGiven, optionsOf } from '../config/setting-flags.ts'
import { variableNames } from '../config/settings-table.ts'
import { warnOfUnknownVariables } from '../config/unknown-variables.ts'
import { setHelp, type HelpText } from '../help.ts'
import { addEnvironmentOptions, addReloadOptions, addServeOptions, addSourceOptions, rejectLocal, rejectOnStdio, type ReloadOptions } from '../option-groups.ts'
import { write } from '../output.ts'
import { plan, planServing, type PlanOptions } from '../run-plan.ts'
import { serveFile } from '../serve-file.ts'
import type { Upstreams } from '../upstreams/mcp-json-entry.ts'
import { findUpstreams } from '../upstreams/find-upstreams.ts'
import { headerOption } from '../upstreams/header-option.ts'
import { maxConnectionsOption, maxProcessesOption, revisionOption } from '../upstreams/limit-options.ts'

export interface RunOptions extends PlanOptions, ReloadOptions {
  readonly explain?: true
  readonly transport?: string
  readonly strictStdout?: true
  readonly wire?: number
  readonly inherit?: string
  readonly header?: Readonly<Record<string, string>>
  readonly requireUpstreams?: true
  readonly revision?: Revision
  readonly maxConnections?: number
  readonly maxProcesses?: number
}

const HELP: HelpText = {
  common: ['--transport', '--port', '--reload', '--env-file', '--config', '--profile', '--with', '--log-level', '--help'],
  examples: [
    ['gangway run server.ts', 'serve on stdio'],
    ['gangway run server.ts -t http -p 8000', 'serve on HTTP, port 8000'],
    ['gangway run server.ts:create -- --db a.db', 'call create(), with arguments'],
    ['gangway run server.ts --with zod --node 24', 'add a package; use Node.js 24'],
    ['gangway run server.ts --reload', 'reload when a file changes'],
    ['gangway run --profile prod', 'use the config file'],
    ['gangway run https://example.com/mcp', 'serve a remote server on stdio'],
    ['gangway run mcp.json -t http', 'serve all its servers as one'],
  ],
  notes: [
    'Without an export name, gangway runs the default export, or else the export mcp, server or app. An exported function is called with { args, env } and must return the server. Servers written with the official SDK also work.',
    'If the file calls run() or serve() itself, flags override the options in the code.',
    `Environment variables: ${variableNames().join(', ')}.`,
  ],
}

/** `args` are the arguments after `--`. */
export function addRun(program: Command, args: readonly string[]): void {
  const command = program
    .command('run')
    .description('run the server in a file, or a proxy for remote servers')
    .usage('[file[:export]] [options] [-- <server arguments>]')
    .addArgument(new Argument('[file]', 'TypeScript or JavaScript file, config file, URL or mcp.json; file:export selects an export'))
  addSourceOptions(command)
  command
    .optionsGroup('Remote servers:')
    .addOption(headerOption())
    .option('--require-upstreams', 'exit if a remote server is unreachable, instead of retrying')
    .addOption(revisionOption())
    .addOption(maxConnectionsOption())
    .addOption(maxProcessesOption())
  addServeOptions(command)
  for (const option of optionsOf('stdout')) command.addOption(option)
  command
    .addOption(new Option('--wire <descriptor>').argParser(Number).hideHelp()) // Set by --isolate-stdout for the child process.
    .addOption(new Option('--inherit <file>').hideHelp()) // Set by `gangway dev` for the process that the Inspector starts.
  addEnvironmentOptions(command)
  addReloadOptions(command)
  command
    .optionsGroup('Options:')
    .option('--explain', 'print every setting and its source, and exit')
    .action(async (file: string | undefined, options: RunOptions) => void (await run(file, options, args)))
  setHelp(command, HELP)
}

/** Resolves once the server is running, with its URL, or undefined on stdio. `words` is an equivalent command line, for --isolate-stdout. */
export async function run(spec: string | undefined, options: RunOptions, args: readonly string[], words: readonly string[] = process.argv.slice(2)): Promise<string | undefined> {
  if (options.inherit !== undefined) await (await import('../dev/env-file.ts')).readEnvFile(options.inherit)
  const upstreams = spec === undefined ? undefined : await findUpstreams(spec, { headers: options.header })
  if (upstreams) return runRemote(upstreams, String(spec), options, args)
  if (options.header && spec === undefined) throw new GangwayError('GANGWAY_E_USAGE', '--header applies only to a URL, and none is given. Pass the URL of a server, or remove --header')
  if (options.requireUpstreams) throw new GangwayError('GANGWAY_E_USAGE', `--require-upstreams applies only to a URL or an mcp.json, not to ${spec ?? 'a config file'}. Remove it`)
  const [limit] = [options.revision && '--revision', options.maxConnections && '--max-connections', options.maxProcesses && '--max-processes'].filter(Boolean)
  if (limit) throw new GangwayError('GANGWAY_E_USAGE', `${limit} applies only to a URL or an mcp.json, not to ${spec ?? 'a config file'}. Remove it`)
  const planned = await plan(spec, options, args)
  const { settings, flags } = planned
  if (flags.transport === 'sse' && flags.sessions) throw new GangwayError('GANGWAY_E_USAGE', '--stateless is not supported by the sse transport, which requires sessions. Use -t http, or remove it')
  const [guard] = namesOfGiven(options, 'stdout')
  if (guard && (flags.transport ?? 'stdio') !== 'stdio') throw new GangwayError('GANGWAY_E_USAGE', `${guard} is not supported by the ${flags.transport} transport, which does not use stdout. Remove it`)
  if (flags.transport === 'stdio') rejectOnStdio(options, 'access')
  if (options.explain) return void write((await import('../config/explain.ts')).explain(settings, planned.environment))
  Object.assign(process.env, planned.variables)
  const authenticate = await authenticateOf(settings)
  const environment = planned.environment && (await (await import('../environment/prepare.ts')).prepare(planned.environment))
  const banner = settings.get('banner')?.[0]?.value !== false
  const { target, folder } = planned
  const file = 'file' in target ? target.file : (await import('../load/find-package.ts')).findPackage(target.module, [...(environment?.overlay.folders ?? []), folder])
  const mayBeStdio = flags.transport === undefined || flags.transport === 'stdio'
  const { strictStdout, wire } = options
  if (settings.get('isolateStdout')?.[0]?.value === true && wire === undefined && mayBeStdio) return (await import('../isolate-stdout.ts')).isolate(words)
  const reload = options.reload || options.reloadDir ? (await import('../reload/reloaded-folders.ts')).reloadedFolders(file, options.reloadDir ?? []) : undefined
  warnOfUnknownVariables()
  return serveFile(file, { exportName: target.exportName, args: planned.args, banner, flags: authenticate ? { ...flags, authenticate } : flags, environment, reload, ...(mayBeStdio && { firewall: { strict: strictStdout, wire } }) })
}

async function runRemote(upstreams: Upstreams, spec: string, options: RunOptions, args: readonly string[]): Promise<string | undefined> {
  if (args.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${spec} is a remote server and accepts no arguments. Remove everything after --`)
  rejectLocal(options, spec)
  const { settings, variables, flags } = planServing(spec, options)
  if (options.explain) return void write((await import('../config/explain.ts')).explain(settings, undefined))
  Object.assign(process.env, variables)
  const authenticate = await authenticateOf(settings)
  warnOfUnknownVariables()
  const { serveUpstreams } = await import('../upstreams/serve-upstreams.ts')
  return serveUpstreams(upstreams, { flags: authenticate ? { ...flags, authenticate } : flags, banner: settings.get('banner')?.[0]?.value !== false, required: options.requireUpstreams === true, limits: { revision: options.revision, maxConnections: options.maxConnections, maxProcesses: options.maxProcesses } })
}
