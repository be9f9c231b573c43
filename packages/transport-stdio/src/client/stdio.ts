/** `stdio({ command })`: the client transport to a server that it starts. */
import { checkNumbers, DURATION, limitOf, redactedTransport, redactor, type ClientTransport, type NumberRules } from '@gangway/core/client'
import { ChildLink } from './child-link.ts'
import { defaultEnvironment } from './environment.ts'

export interface StdioClientOptions {
  /** Run without a shell. */
  command: string
  args?: readonly string[]
  /** Added to what every program needs, such as PATH and HOME: nothing else of this process's own environment is passed on. */
  env?: Readonly<Record<string, string | undefined>>
  /** @default that of this process */
  cwd?: string
  /** Called with what the server writes to stderr, in whole lines and with secrets masked. Errors show the end of it in any case. */
  onStderr?: (text: string) => void
  /** Values to mask in errors and in what the server writes to stderr. @default the values of `env` */
  secrets?: readonly string[]
  /** Bytes that one message may have. @default 10 MiB */
  maxMessage?: number
  /** Milliseconds that the server gets to end by itself when its input has ended. @default 2,000 */
  grace?: number
  /** Milliseconds more that it gets after SIGTERM, before SIGKILL. @default 2,000 */
  termination?: number
}

const NUMBERS: NumberRules<StdioClientOptions> = { maxMessage: limitOf('bytes'), grace: DURATION, termination: DURATION }

/** Throws `GANGWAY_E_USAGE`. Specification: basic/transports, stdio. */
export function stdio({ command, args = [], env = {}, maxMessage = 10 * 1024 * 1024, grace = 2000, termination = 2000, secrets = valuesOf(env), ...options }: StdioClientOptions): ClientTransport {
  checkNumbers({ maxMessage, grace, termination }, NUMBERS)
  const redact = redactor(secrets)
  // Arguments may be secrets of any look, so that errors do without them.
  const name = redact(args.length > 0 ? `${command} …` : command)
  return redactedTransport({ name, spawns: true, open: (receiver) => ChildLink.open({ name, command, args, env: { ...defaultEnvironment(), ...env }, maxMessage, grace, termination, redact, ...options }, receiver) }, () => secrets)
}

const valuesOf = (env: Readonly<Record<string, string | undefined>>): string[] => Object.values(env).filter((value) => value !== undefined)
