/** `gangway call`: one call of a server. */
import type { Command } from 'commander'
import type { CallOptions } from '../ask/call.ts'
import { addAskOptions, TARGETS } from './ask-options.ts'

const EXAMPLES = `
Examples:
  $ gangway call server.ts add a=1 b=2
  $ gangway call server.ts order 'items:=[{"id":1}]' note=@note.txt
  $ gangway call https://example.com/mcp search @query.json
  $ echo '{"a":1}' | gangway call server.ts add -
  $ gangway call server.ts shop://orders/7                   a resource
  $ gangway call server.ts summarise --prompt order=7
  $ gangway call echo message=hi -- npx -y @modelcontextprotocol/server-everything
${TARGETS}
Arguments: name=text, which becomes what the tool's schema wants, and is repeated for lists; name:=json; name=@file and
name:=@file, what is in the file; @file and -, a JSON object of arguments, - from standard input; @@ begins a text with @.
The exit code is 7 when the tool failed, 5 when the server could not be reached.`

/** `rest` is what follows `--`. */
export function addCall(program: Command, rest: readonly string[]): void {
  const command = program
    .command('call')
    .description('call a tool, read a resource, or get a prompt')
    .usage('[target] <name> [arguments] [options] [-- <arguments of the server, or a program>]')
    .argument('[words...]', 'a target, a name, and arguments')
    .option('--prompt', 'the name is that of a prompt')
    .option('--input-json <json>', 'the arguments as a JSON object, @file or - for standard input')
    .option('--json', 'the whole result, as JSON')
  addAskOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: CallOptions) => (await import('../ask/call.ts')).call(words, options, rest))
}
