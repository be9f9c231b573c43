/** `gangway dev`: a server with the official Inspector connected to it. */
import { Option, type Command } from 'commander'
import type { DevOptions } from '../dev/dev.ts'
import { addEnvironmentOptions, addServeOptions, addSourceOptions, reloadDir } from '../option-groups.ts'
import { parsePort } from '../options.ts'

const EXAMPLES = `
Examples:
  $ gangway dev server.ts                         the Inspector starts the server, and speaks to it on stdio
  $ gangway dev server.ts -t http                 the server is served here, and the Inspector connects to it
  $ gangway dev server.ts --ui-port 9000          the Inspector's page on http://127.0.0.1:9000
  $ gangway dev server.ts -t http --no-inspector  only the server

The Inspector is @modelcontextprotocol/inspector, fetched once from the npm registry into the cache of this command.`

/** `args` are for the server. */
export function addDev(program: Command, args: readonly string[]): void {
  const command = program
    .command('dev')
    .description('run a server with the MCP Inspector connected to it')
    .usage('[file[:export]] [options] [-- <arguments of the server>]')
    .argument('[file]', 'TypeScript or JavaScript, a config file, an address or an mcp.json, as with run')
    .optionsGroup('The Inspector:')
    .option('--inspector-version <version>', 'another than the one that this command is tested with')
    .addOption(new Option('--ui-port <number>', 'port of its page, 0 for any free one (default: 6274, or the next that is free)').argParser(parsePort))
    .addOption(new Option('--sandbox-port <number>', 'port on which it serves the pages of MCP apps (default: 6275, or the next that is free)').argParser(parsePort))
    .option('--no-open', 'do not show its page in the browser')
    .option('--no-inspector', 'only the server')
  addSourceOptions(command)
  addServeOptions(command)
  addEnvironmentOptions(command)
  command
    .optionsGroup('While you work on it:')
    .option('--no-reload', 'do not load it again when a file that it imports changes')
    .addOption(reloadDir())
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: DevOptions) => (await import('../dev/dev.ts')).dev(file, options, command, args))
}
