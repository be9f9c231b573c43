/** `gangway list`: what a server offers. */
import type { Command } from 'commander'
import type { ListOptions } from '../ask/list.ts'
import { addAskOptions, TARGETS } from './ask-options.ts'

const EXAMPLES = `
Examples:
  $ gangway list server.ts                                   its tools, as signatures
  $ gangway list https://example.com/mcp --resources --prompts
  $ gangway list mcp.json:files --json
  $ gangway list -- npx -y @modelcontextprotocol/server-everything
${TARGETS}`

/** `rest` is what follows `--`. */
export function addList(program: Command, rest: readonly string[]): void {
  const command = program
    .command('list')
    .description('list the tools of a server')
    .usage('[target] [options] [-- <arguments of the server, or a program>]')
    .argument('[target...]', 'a file, an address, or an mcp.json')
    .option('--resources', 'its resources, too')
    .option('--prompts', 'its prompts, too')
    .option('--json', 'as JSON, with all that the server says')
  addAskOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: ListOptions) => (await import('../ask/list.ts')).list(words, options, rest))
}
