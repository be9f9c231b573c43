/** `gangway run`: its flags, and what they mean to the server. */
import process from 'node:process'
import { Argument, type Command } from 'commander'
import type { LaunchFlags } from '@gangway/core'
import { askedEnvironment } from '../environment/asked.ts'
import { findFile, isFile } from '../load/find-file.ts'
import { parseSpec } from '../load/spec.ts'
import { addEnvironmentOptions, addServeOptions, type EnvironmentOptions, type ServeOptions } from '../option-groups.ts'
import { serveFile } from '../serve-file.ts'

type RunOptions = ServeOptions & EnvironmentOptions

const EXAMPLES = `
Examples:
  $ gangway run server.ts                        on stdio, for a client that starts it
  $ gangway run server.ts -t http -p 8000        on http://127.0.0.1:8000/mcp
  $ gangway run server.ts:create -- --db a.db    what create() returns; the rest is the server's process.argv
  $ gangway run server.ts --with zod@4 --node 24 with packages and a Node that the project does not have

Without a name, the default export is run, or else the export called mcp, server or app. A function that is
exported by default, or named, is called with { args, env } and returns the server. A file that calls run() itself
is left to it, with these flags over its arguments.
Variables: GANGWAY_TRANSPORT, GANGWAY_HOST, GANGWAY_PORT, GANGWAY_PATH, GANGWAY_LOG_LEVEL.`

/** `args` are for the server. */
export function addRun(program: Command, args: readonly string[]): void {
  const command = program
    .command('run')
    .description('run the MCP server that a file exports')
    .usage('<file>[:export] [options] [-- <arguments of the server>]')
    .addArgument(new Argument('<file>', 'TypeScript or JavaScript; file:export or file#export picks an export, which may be dotted'))
  addServeOptions(command)
  addEnvironmentOptions(command)
  command.addHelpText('after', EXAMPLES).action((file: string, options: RunOptions) => run(file, options, args))
}

async function run(target: string, options: RunOptions, args: readonly string[]): Promise<void> {
  const { path, exportName } = parseSpec(target, isFile)
  const file = findFile(path)
  const { banner, logLevel } = options
  if (logLevel !== undefined) process.env['GANGWAY_LOG_LEVEL'] = logLevel
  const asked = askedEnvironment(options, file)
  const environment = asked && (await (await import('../environment/prepare.ts')).prepare(asked))
  await serveFile(file, { exportName, args, banner, flags: toFlags(options), environment })
}

/** Only what was given: what is not must not hide what the file says. */
function toFlags({ transport, host, port, path, allowedHost: allowedHosts, allowedOrigin: allowedOrigins }: ServeOptions): LaunchFlags {
  const given = { transport, host, port, path, allowedHosts, allowedOrigins }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
