/** The options of all commands that ask a server something. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { addEnvironmentOptions, addSourceOptions } from '../option-groups.ts'
import { headerOption } from '../upstreams/headers.ts'

export const TARGETS = `
The target is the file of a server, as run takes it, with its arguments after --; a config file, or the one that is here
if nothing is named; an address, https://…; an mcp.json, or one of its servers, mcp.json:name; or a program, with
--command 'npx some-server' or after --, without a target.`

function parseTimeout(value: string): number {
  const seconds = Number(value)
  if (value.trim() === '' || !(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('use a number of seconds, above 0')
  return seconds
}

export function addAskOptions(command: Command): Command {
  command
    .option('--command <program and arguments>', 'the program that is the server')
    .addOption(headerOption())
    .addOption(new Option('--timeout <seconds>', 'that an answer may take; progress begins them anew (default: 60)').argParser(parseTimeout))
    .option('--debug', 'show the stack of an error')
  addSourceOptions(command)
  addEnvironmentOptions(command)
  return command
}
