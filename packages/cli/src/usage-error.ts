/** A complaint of the command-line library, in our words: one line that ends with the way out. */
import type { CommanderError } from 'commander'
import { closest, GangwayError } from '@gangway/core'

/** It names an option by its whole declaration: `option '-p, --port <number>' argument 'x' is invalid. use …`. */
const BAD_OPTION = /^option '(?:-\w, )?(?<name>--[\w-]+).*?' argument '(?<value>.*)' is invalid\. (?<wayOut>.*)/s
const BAD_ARGUMENT = /^command-argument value '(?<value>.*)' is invalid for argument '(?<name>.*)'\. (?<wayOut>.*)/s
const CHOICES = /^Allowed choices are (.+)\.$/
const SERVER_FILE = /\.[cm]?[jt]sx?([:#]|$)/

/** Messages do not show the values of these. */
const SECRET: ReadonlySet<string> = new Set(['--env', '--header'])

/** `argv` is what was typed, without the command's own name; `commands` are those that there are. */
export function usageError(error: CommanderError, argv: readonly string[], commands: readonly string[]): GangwayError {
  const [first] = argv
  if (first !== undefined && SERVER_FILE.test(first)) return new GangwayError('GANGWAY_E_USAGE', `There is no command "${first}": gangway run ${argv.join(' ')}`)
  const text = error.message.replace(/^error: /, '')
  const { name, value = '', wayOut: advice = '' } = (BAD_OPTION.exec(text) ?? BAD_ARGUMENT.exec(text))?.groups ?? {}
  if (name !== undefined && SECRET.has(name)) return new GangwayError('GANGWAY_E_USAGE', `Invalid ${name}: ${advice}`)
  if (name !== undefined) return new GangwayError('GANGWAY_E_USAGE', `${name.startsWith('-') ? name : `<${name}>`} cannot be '${value}': ${meant(value, advice)}`)
  const [complaint = '', suggestion] = text.split('\n')
  return new GangwayError('GANGWAY_E_USAGE', `${complaint.replace(/\.$/, '')}: ${wayOut(error.code, suggestion, commands.includes(first ?? '') ? first : undefined)}`)
}

function meant(value: string, advice: string): string {
  const choices = CHOICES.exec(advice)?.[1]
  const near = choices && closest(value, choices.split(', '))
  return choices ? `${near ? `did you mean ${near}? ` : ''}use ${choices}` : advice
}

/** Only these commands start a server. */
const STARTING: ReadonlySet<unknown> = new Set(['run', 'dev', 'install'])

function wayOut(code: string, suggestion: string | undefined, command: string | undefined): string {
  if (code === 'commander.excessArguments' && STARTING.has(command)) return 'put those of the server after --'
  return suggestion?.replace(/^\(Did you mean (.+)\?\)$/, 'did you mean $1?') ?? `see gangway ${command === undefined ? '' : `${command} `}--help`
}
