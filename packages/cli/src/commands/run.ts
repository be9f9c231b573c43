/** `gangway run`: its flags, and what they mean to the server. */
import process from 'node:process'
import { Argument, Option, type Command } from 'commander'
import { GangwayError, switchVariable, type LaunchFlags } from '@gangway/core'
import { findFile, isFile } from '../load/find-file.ts'
import { isolate, WIRE } from '../isolate.ts'
import { parseSpec } from '../load/spec.ts'
import { collectNames, parseLogLevel, parsePath, parsePort, TRANSPORTS, parseTransport, type Names } from '../options.ts'
import { serveFile } from '../serve-file.ts'
import { findUpstreams } from '../upstreams/find.ts'
import { headerOption } from '../upstreams/headers.ts'

interface RunOptions {
  transport?: string
  host?: string
  port?: number
  path?: string
  allowedHost?: Names
  allowedOrigin?: Names
  logLevel?: string
  banner: boolean
  strictStdout?: boolean
  isolateStdout?: boolean
  wire?: number
  header?: Readonly<Record<string, string>>
  requireUpstreams?: true
}

const EXAMPLES = `
Examples:
  $ gangway run server.ts                        on stdio, for a client that starts it
  $ gangway run server.ts -t http -p 8000        on http://127.0.0.1:8000/mcp
  $ gangway run server.ts:create -- --db a.db    what create() returns; the rest is the server's process.argv
  $ gangway run https://example.com/mcp          a remote server, on stdio
  $ gangway run mcp.json -t http                 the servers of a host's file, as one

Without a name, the default export is run, or else the export called mcp, server or app. A function that is
exported by default, or named, is called with { args, env } and returns the server. A file that calls run() itself
is left to it, with these flags over its arguments.
Variables: GANGWAY_TRANSPORT, GANGWAY_HOST, GANGWAY_PORT, GANGWAY_PATH, GANGWAY_LOG_LEVEL,
GANGWAY_STRICT_STDOUT, GANGWAY_ISOLATE_STDOUT.`

/** `args` are for the server. */
export function addRun(program: Command, args: readonly string[]): void {
  program
    .command('run')
    .description('run the MCP server that a file exports, or one that is elsewhere')
    .usage('<file>[:export] [options] [-- <arguments of the server>]')
    .addArgument(new Argument('<file>', 'TypeScript or JavaScript; file:export or file#export picks an export, which may be dotted; or an address, or an mcp.json, whose servers are passed on'))
    .addOption(new Option('-t, --transport <name>', `${TRANSPORTS.join(', ')} (default: stdio)`).argParser(parseTransport))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .addOption(new Option('-p, --port <number>', 'port to listen on, 0 for any free one (default: PORT, or 8000)').argParser(parsePort))
    .addOption(new Option('--path <path>', 'path of the endpoint (default: /mcp, or /sse)').argParser(parsePath))
    .addOption(new Option('--allowed-host <name>', "host that clients may address, repeatable, or 'any'; required to serve beyond this machine").argParser(collectNames))
    .addOption(new Option('--allowed-origin <origin>', "origin of web pages that may call, repeatable, or 'any'").argParser(collectNames))
    .addOption(new Option('-l, --log-level <level>', 'debug, info, warn, error or silent (default: info)').argParser(parseLogLevel))
    .option('--strict-stdout', 'on stdio, end with an error when the server prints to stdout, which is for messages')
    .option('--isolate-stdout', 'on stdio, keep even native code from stdout, by a process of its own')
    .addOption(new Option('--wire <descriptor>').argParser(Number).hideHelp()) // From --isolate-stdout to the process of its own.
    .addOption(headerOption())
    .option('--require-upstreams', 'end if a server of an address or an mcp.json cannot be reached, instead of trying again')
    .option('--no-banner', 'do not print what is served where')
    .option('--debug', 'show the stack of an error')
    .addHelpText('after', EXAMPLES)
    .action((file: string, options: RunOptions) => run(file, options, args))
}

async function run(target: string, { banner, logLevel, strictStdout, isolateStdout = switchVariable('GANGWAY_ISOLATE_STDOUT'), wire, header: headers, requireUpstreams, ...options }: RunOptions, args: readonly string[]): Promise<void> {
  const upstreams = await findUpstreams(target, { headers })
  if (upstreams && args.length > 0) throw new GangwayError('GANGWAY_E_USAGE', `${target} is served elsewhere, and takes no arguments: leave out what follows --`)
  if (logLevel !== undefined) process.env['GANGWAY_LOG_LEVEL'] = logLevel
  if (upstreams) return (await import('../upstreams/serve.ts')).serveUpstreams(upstreams, { flags: toFlags(options), banner, required: requireUpstreams === true })
  if (requireUpstreams) throw new GangwayError('GANGWAY_E_USAGE', `--require-upstreams is for an address or an mcp.json, and ${target} is neither: leave it out`)
  const { path, exportName } = parseSpec(target, isFile)
  const file = findFile(path)
  const mayBeStdio = options.transport === undefined || options.transport === 'stdio'
  if (isolateStdout && wire === undefined && mayBeStdio) return isolate(['run', `--wire=${WIRE}`, ...process.argv.slice(3)])
  await serveFile(file, { exportName, args, banner, flags: toFlags(options), ...(mayBeStdio && { firewall: { strict: strictStdout, wire } }) })
}

/** Only what was given: what is not must not hide what the file says. */
function toFlags({ transport, host, port, path, allowedHost: allowedHosts, allowedOrigin: allowedOrigins }: Omit<RunOptions, 'banner'>): LaunchFlags {
  const given = { transport, host, port, path, allowedHosts, allowedOrigins }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
