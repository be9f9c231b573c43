/** `gangway call`: calls a tool, reads a resource or gets a prompt. */
import type { Command } from 'commander'
import type { CallOptions } from '../client/call-command.ts'
import { setHelp, type HelpText } from '../help.ts'
import { addClientOptions, TARGETS } from './client-options.ts'

const HELP: HelpText = {
  common: ['--prompt', '--input-json', '--json', '--timeout', '--help'],
  examples: [
    ['gangway call server.ts add a=1 b=2'],
    [`gangway call server.ts order 'items:=[{"id":1}]' note=@note.txt`],
    ['gangway call https://example.com/mcp search @query.json'],
    [`echo '{"a":1}' | gangway call server.ts add -`],
    ['gangway call server.ts shop://orders/7', 'read a resource'],
    ['gangway call server.ts summarize --prompt order=7', 'get a prompt'],
    ["gangway call echo message=hi --command 'npx some-server'"],
  ],
  notes: [
    TARGETS,
    "Arguments: name=text is converted to the type in the tool's schema; repeat it for a list. name:=json passes JSON. name=@file and name:=@file read a file. @file, or - for stdin, passes a JSON object of arguments. Write @@ for text that starts with @.",
    'The exit code is 7 if the tool failed, and 5 if the server is unreachable.',
  ],
}

/** `rest` are the arguments after `--`. */
export function addCall(program: Command, rest: readonly string[]): void {
  const command = program
    .command('call')
    .description('call a tool, read a resource or get a prompt')
    .usage('[target] <name> [arguments] [options] [-- <server arguments or program>]')
    .argument('[words...]', 'a target, a name and arguments')
    .option('--prompt', 'get the prompt with this name')
    .option('--input-json <json>', 'pass the arguments as a JSON object, or as @file or - for stdin')
    .option('--json', 'print the complete result as JSON')
  setHelp(command, HELP)
  addClientOptions(command).action(async (words: string[], options: CallOptions) => (await import('../client/call-command.ts')).call(words, options, rest))
}
