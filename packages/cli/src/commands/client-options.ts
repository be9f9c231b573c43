/** The options that `list`, `call` and `inspect` share. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import { addEnvironmentOptions, addSourceOptions } from '../option-groups.ts'
import { headerOption } from '../upstreams/header-option.ts'

export const TARGETS = `The target is a server file, a config file, a URL, an mcp.json, or mcp.json:name for one of its servers. Without a target, the config file in the working directory is used. To run a program as the server, use --command, or put the program after -- without a target.`

function parseTimeout(value: string): number {
  const seconds = Number(value)
  if (value.trim() === '' || !(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('expected a number of seconds above 0')
  return seconds
}

export function addClientOptions(command: Command): Command {
  command
    .option('--command <command>', 'run this program and its arguments as the server')
    .addOption(headerOption())
    .addOption(new Option('--timeout <seconds>', 'request timeout in seconds; progress resets it (default: 60)').argParser(parseTimeout))
    .option('--debug', 'print the stack of an error')
  addSourceOptions(command)
  addEnvironmentOptions(command)
  return command
}
