/** `gangway dev`: runs a server with the MCP Inspector. */
import { Option, type Command } from 'commander'
import type { DevOptions } from '../dev/dev-command.ts'
import { setHelp, type HelpText } from '../help.ts'
import { addEnvironmentOptions, addServeOptions, addSourceOptions, reloadDir } from '../option-groups.ts'
import { parsePort } from '../options.ts'

const HELP: HelpText = {
  common: ['--transport', '--ui-port', '--no-open', '--no-inspector', '--env-file', '--help'],
  examples: [
    ['gangway dev server.ts', 'start the server on stdio'],
    ['gangway dev server.ts -t http', 'start the server on HTTP'],
    ['gangway dev server.ts --ui-port 9000', 'use port 9000 for the page'],
    ['gangway dev server.ts -t http --no-inspector', 'run only the server'],
  ],
  notes: ['The Inspector is the npm package @modelcontextprotocol/inspector. It is downloaded once, into the cache.'],
}

/** `args` are the arguments after `--`. */
export function addDev(program: Command, args: readonly string[]): void {
  const command = program
    .command('dev')
    .description('run a server and open it in the MCP Inspector')
    .usage('[file[:export]] [options] [-- <server arguments>]')
    .argument('[file]', 'TypeScript or JavaScript file, config file, URL or mcp.json')
    .optionsGroup('Inspector:')
    .option('--inspector-version <version>', 'use another version of the Inspector')
    .addOption(new Option('--ui-port <number>', 'serve the Inspector on this port; 0 picks a free port (default: 6274, or the next free port)').argParser(parsePort))
    .addOption(new Option('--sandbox-port <number>', 'serve the pages of MCP apps on this port (default: 6275, or the next free port)').argParser(parsePort))
    .option('--no-open', 'do not open a browser')
    .option('--no-inspector', 'run only the server')
  addSourceOptions(command)
  addServeOptions(command)
  addEnvironmentOptions(command)
  command
    .optionsGroup('Development:')
    .option('--no-reload', 'do not reload the server when a file changes')
    .addOption(reloadDir())
    .action(async (file: string | undefined, options: DevOptions) => (await import('../dev/dev-command.ts')).dev(file, options, command, args))
  setHelp(command, HELP)
}
