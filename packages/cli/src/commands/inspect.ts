/** `gangway inspect`: shows everything that a server offers. */
import { Option, type Command } from 'commander'
import type { InspectOptions } from '../client/inspect-command.ts'
import { setHelp, type HelpText } from '../help.ts'
import { addClientOptions, TARGETS } from './client-options.ts'

const HELP: HelpText = {
  common: ['--format', '--header', '--timeout', '--help'],
  examples: [
    ['gangway inspect server.ts'],
    ['gangway inspect https://example.com/mcp --format json'],
    ['gangway inspect mcp.json', 'show all its servers combined'],
  ],
  notes: [TARGETS],
}

/** `rest` are the arguments after `--`. */
export function addInspect(program: Command, rest: readonly string[]): void {
  const command = program
    .command('inspect')
    .description('show everything that a server offers')
    .usage('[target] [options] [-- <server arguments or program>]')
    .argument('[target...]', 'file, URL or mcp.json')
    .addOption(new Option('-f, --format <format>', 'print text, or JSON with sorted keys').choices(['text', 'json']).default('text'))
  setHelp(command, HELP)
  addClientOptions(command).action(async (words: string[], options: InspectOptions) => (await import('../client/inspect-command.ts')).inspect(words, options, rest))
}
