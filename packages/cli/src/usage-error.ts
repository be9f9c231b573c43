/** A complaint of the command-line library, in our words: one line that ends with the way out. */
import type { CommanderError } from 'commander'
import { GangwayError } from '@gangway/core'

/** It names an option by its whole declaration: `option '-p, --port <number>' argument 'x' is invalid. use …`. */
const BAD_VALUE = /^option '(?:-\w, )?(?<option>--[\w-]+).*?' argument '(?<value>.*)' is invalid\. (?<wayOut>.*)/
const SERVER_FILE = /\.[cm]?[jt]sx?([:#]|$)/

/** `argv` is what was typed, without the command's own name. */
export function usageError(error: CommanderError, argv: readonly string[]): GangwayError {
  const [first] = argv
  if (first !== undefined && SERVER_FILE.test(first)) return new GangwayError('GANGWAY_E_USAGE', `There is no command "${first}": gangway run ${argv.join(' ')}`)
  const [complaint = '', suggestion] = error.message.replace(/^error: /, '').split('\n')
  const badValue = BAD_VALUE.exec(complaint)?.groups
  const message = badValue ? `${badValue['option']} cannot be '${badValue['value']}': ${badValue['wayOut']}` : `${complaint.replace(/\.$/, '')}: ${wayOut(error.code, suggestion, first)}`
  return new GangwayError('GANGWAY_E_USAGE', message)
}

function wayOut(code: string, suggestion: string | undefined, command: string | undefined): string {
  if (code === 'commander.excessArguments') return 'put those of the server after --'
  return suggestion?.replace(/^\(Did you mean (.+)\?\)$/, 'did you mean $1?') ?? `see gangway ${command === 'run' ? 'run ' : ''}--help`
}
