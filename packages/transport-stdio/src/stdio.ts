/** `stdio()`: the transport for a client that started this process, or for any pair of byte streams. */
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import type { Running, ServerDefinition, Transport } from '@gangway/core'
import { checkNumbers, checkOptions, DURATION, limitOf, switchVariable, type NumberRules, type OptionNames } from '@gangway/core/internal'
import { ownChildren, serveStdio } from './serve-streams.ts'

export interface StdioOptions {
  /** @default process.stdin */
  stdin?: Readable
  /** Carries protocol messages only. Anything else that is written to `process.stdout` goes to stderr. @default process.stdout */
  stdout?: Writable
  /** Longest accepted message, in bytes. A longer one is dropped and gets −32600. @default 10 MiB */
  messageLimit?: number
  /** Milliseconds that requests in flight get to finish after the input ends or the transport is closed. @default 10,000 */
  drainTimeout?: number
  /** Stop the server with `GANGWAY_E_STDOUT` when anything but a message is written to `process.stdout`. @default `GANGWAY_STRICT_STDOUT`, else false */
  strictStdout?: boolean
}

const OPTIONS: OptionNames<StdioOptions> = { stdin: true, stdout: true, messageLimit: true, drainTimeout: true, strictStdout: true }

const NUMBERS: NumberRules<StdioOptions> = { messageLimit: limitOf('bytes'), drainTimeout: DURATION }

/** Throws `GANGWAY_E_USAGE`. Specification: basic/transports, stdio. */
export function stdio(given: StdioOptions = {}): Transport {
  checkOptions('stdio()', given, OPTIONS)
  checkNumbers(given, NUMBERS)
  const { stdin = process.stdin, stdout = process.stdout, messageLimit = 10 * 1024 * 1024, drainTimeout = 10_000, strictStdout = switchVariable('GANGWAY_STRICT_STDOUT') ?? false } = given
  const options = { stdin, stdout, messageLimit, drainTimeout, strictStdout }
  let ownsProcess = false
  return {
    name: 'stdio',
    configure: (changes: StdioOptions): Transport => stdio({ ...options, ...changes }),
    serve: (server: ServerDefinition): Promise<Running> => serveStdio(server, { ...options, ownsProcess }),
    ownProcess: () => {
      ownsProcess = true
      return ownChildren(options)
    },
  }
}
