/** `stdioClient({ command })`: the client transport that starts a server as a child process. */
import { GangwayError } from '@gangway/core'
import { checkNumbers, checkOptions, DURATION, limitOf, redactedTransport, redactor, secretsOfArguments, type ClientTransport, type NumberRules, type OptionNames } from '@gangway/core/client'
import { ChildLink } from './child-link.ts'
import { defaultEnvironment } from './environment.ts'

export interface StdioClientOptions {
  /** Program to run, without a shell. */
  command: string
  args?: readonly string[]
  /** Variables in addition to those that every program needs, such as PATH and HOME. No other variable of this process is passed on. */
  env?: Readonly<Record<string, string | undefined>>
  /** Working directory of the server. @default the directory of this process */
  cwd?: string
  /** Called with the server's stderr, in whole lines and with secrets masked. Errors quote the end of it in any case. */
  onStderr?: (text: string) => void
  /** Values to mask in errors and in the server's stderr, in addition to arguments that look like secrets. @default the values of `env` */
  secrets?: readonly string[]
  /** Longest accepted message, in bytes. @default 10 MiB */
  messageLimit?: number
  /** Milliseconds that the server gets to exit after its stdin has closed, before SIGTERM. @default 2,000 */
  exitTimeout?: number
  /** Milliseconds between SIGTERM and SIGKILL. @default 2,000 */
  terminationTimeout?: number
}

const OPTIONS: OptionNames<StdioClientOptions> = { command: true, args: true, env: true, cwd: true, onStderr: true, secrets: true, messageLimit: true, exitTimeout: true, terminationTimeout: true }
const NUMBERS: NumberRules<StdioClientOptions> = { messageLimit: limitOf('bytes'), exitTimeout: DURATION, terminationTimeout: DURATION }

/** Throws `GANGWAY_E_USAGE` for unknown options, values out of range, and a missing command. Specification: basic/transports, stdio. */
export function stdioClient(given: StdioClientOptions): ClientTransport {
  checkOptions('stdioClient()', given, OPTIONS)
  const { command, args = [], env = {}, messageLimit = 10 * 1024 * 1024, exitTimeout = 2000, terminationTimeout = 2000, secrets: values = valuesOf(env), ...options } = given
  if (typeof command !== 'string' || command === '') throw new GangwayError('GANGWAY_E_USAGE', 'stdioClient() needs a command to run. Write stdioClient({ command: "node", args: ["server.js"] })')
  checkNumbers({ messageLimit, exitTimeout, terminationTimeout }, NUMBERS)
  const secrets = [...values, ...secretsOfArguments(args)]
  const redact = redactor(secrets)
  // Errors never show arguments, because any of them may be a secret.
  const name = redact(args.length > 0 ? `${command} …` : command)
  return redactedTransport({ name, spawns: true, open: (receiver) => ChildLink.open({ name, command, args, env: { ...defaultEnvironment(), ...env }, messageLimit, exitTimeout, terminationTimeout, redact, ...options }, receiver) }, () => secrets)
}

const valuesOf = (env: Readonly<Record<string, string | undefined>>): string[] => Object.values(env).filter((value) => value !== undefined)
