/** What a server says, shown: data on standard output, all else on standard error. */
import process from 'node:process'
import type { GangwayError } from '@gangway/core'
import { exitCodeOf } from '../errors.ts'
import { say, scrub } from '../output.ts'

/** To a file or a pipe, everything goes as it is. */
export function print(text: string): void {
  process.stdout.write(`${process.stdout.isTTY ? scrub(text) : text}\n`)
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))

export function tell(text: string): void {
  say(process.stderr.isTTY ? scrub(text) : text)
}

/** An error after which there is something to finish: what was printed may still be on its way. */
export function blame(error: GangwayError): void {
  tell(`gangway: ${error.code}: ${error.message}`)
  process.exitCode = exitCodeOf(error)
}
