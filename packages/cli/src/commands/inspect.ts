/** `gangway inspect`: all about a server. */
import { Option, type Command } from 'commander'
import type { InspectOptions } from '../ask/inspect.ts'
import { addAskOptions, TARGETS } from './ask-options.ts'

const EXAMPLES = `
Examples:
  $ gangway inspect server.ts
  $ gangway inspect https://example.com/mcp --format json > offer.json
  $ gangway inspect mcp.json                                 of all its servers, as run would serve them
${TARGETS}`

/** `rest` is what follows `--`. */
export function addInspect(program: Command, rest: readonly string[]): void {
  const command = program
    .command('inspect')
    .description('show what a server is, and all that it offers')
    .usage('[target] [options] [-- <arguments of the server, or a program>]')
    .argument('[target...]', 'a file, an address, or an mcp.json')
    .addOption(new Option('-f, --format <format>', 'text, or JSON whose names are sorted').choices(['text', 'json']).default('text'))
  addAskOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: InspectOptions) => (await import('../ask/inspect.ts')).inspect(words, options, rest))
}
