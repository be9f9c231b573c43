/** Rewords errors of commander: one line with the cause and the fix. */
import type { CommanderError } from 'commander'
import { GangwayError } from '@gangway/core'
import { closest } from '@gangway/core/internal'

/** commander quotes the declaration of an option: `option '-p, --port <number>' argument 'x' is invalid. expected …`. */
const BAD_OPTION = /^option '(?:-\w, )?(?<name>--[\w-]+).*?' argument '(?<value>.*)' is invalid\. (?<expected>.*)/s
const BAD_ARGUMENT = /^command-argument value '(?<value>.*)' is invalid for argument '(?<name>.*)'\. (?<expected>.*)/s
const CHOICES = /^Allowed choices are (.+)\.$/
const SUGGESTION = /\n\(Did you mean (?:one of )?(.+)\?\)$/
const SERVER_FILE = /\.[cm]?[jt]sx?([:#]|$)/

/** Options whose values may be secret, so messages do not show them. */
const SECRET: ReadonlySet<string> = new Set(['--env', '--header'])

/** `argv` is the command line without `gangway`. `commands` are the names of all commands. */
export function usageError(error: CommanderError, argv: readonly string[], commands: readonly string[]): GangwayError {
  const [first = ''] = argv
  if (SERVER_FILE.test(first)) return usage(`Unknown command "${first}". To run this file: gangway run ${argv.join(' ')}`)
  const text = error.message.replace(/^error: /, '')
  const { name, value = '', expected = '' } = (BAD_OPTION.exec(text) ?? BAD_ARGUMENT.exec(text))?.groups ?? {}
  if (name !== undefined) return usage(`Invalid ${name.startsWith('-') ? name : `<${name}>`}${SECRET.has(name) ? '' : ` "${value}"`}: ${withSuggestion(value, expected)}`)
  const command = commands.includes(first) ? `gangway ${first}` : 'gangway'
  const near = SUGGESTION.exec(text)?.[1]
  const fix = near === undefined ? `See ${command} --help` : `Did you mean ${near}?`
  const [, quoted = ''] = /'(.*?)'/s.exec(text) ?? []
  switch (error.code) {
    case 'commander.unknownOption':
      return usage(`Unknown option ${quoted.replace(/=.*/s, '')}. ${fix}`)
    case 'commander.unknownCommand':
      return usage(`Unknown command "${quoted}". ${fix}`)
    case 'commander.optionMissingArgument':
      return usage(`Missing value for ${quoted}. See ${command} --help`)
    case 'commander.missingArgument':
      return usage(`Missing argument <${quoted}>. See ${command} --help`)
    case 'commander.excessArguments': {
      const [, wanted, got] = /Expected (\d+) arguments? but got (\d+)/.exec(text) ?? []
      return usage(`Too many arguments for ${command}: expected ${wanted}, got ${got}. ${STARTING.has(first) ? 'Put arguments for the server after --' : `See ${command} --help`}`)
    }
    default:
      return usage(`${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}. See ${command} --help`)
  }
}

const usage = (message: string): GangwayError => new GangwayError('GANGWAY_E_USAGE', message)

/** Commands that start a server, which may have arguments of its own. */
const STARTING: ReadonlySet<string> = new Set(['run', 'dev', 'install'])

function withSuggestion(value: string, expected: string): string {
  const choices = CHOICES.exec(expected)?.[1]
  const near = choices === undefined ? undefined : closest(value, choices.split(', '))
  return choices === undefined ? expected : `expected ${choices.replace(/, ([^,]*)$/, ' or $1')}${near === undefined ? '' : `. Did you mean ${near}?`}`
}
