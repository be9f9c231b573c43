/** `gangway list`: lists the tools of a server. */
import type { Command } from 'commander'
import type { ListOptions } from '../client/list-command.ts'
import { setHelp, type HelpText } from '../help.ts'
import { addClientOptions, TARGETS } from './client-options.ts'

const HELP: HelpText = {
  common: ['--resources', '--prompts', '--json', '--header', '--help'],
  examples: [
    ['gangway list server.ts', 'show its tools as signatures'],
    ['gangway list https://example.com/mcp --resources --prompts'],
    ['gangway list mcp.json:files --json'],
    ['gangway list -- npx -y @modelcontextprotocol/server-everything'],
  ],
  notes: [TARGETS],
}

/** `rest` are the arguments after `--`. */
export function addList(program: Command, rest: readonly string[]): void {
  const command = program
    .command('list')
    .description('list the tools of a server')
    .usage('[target] [options] [-- <server arguments or program>]')
    .argument('[target...]', 'file, URL or mcp.json')
    .option('--resources', 'also list resources')
    .option('--prompts', 'also list prompts')
    .option('--json', 'print the complete lists as JSON')
  setHelp(command, HELP)
  addClientOptions(command).action(async (words: string[], options: ListOptions) => (await import('../client/list-command.ts')).list(words, options, rest))
}
