/** A server's logger as Fastify wants one, for the applications that we make. */
import type { Logger } from '../server/logger.ts'

type Write = (details: unknown, message?: string) => void

export interface HostLogger {
  level: string
  trace: Write
  debug: Write
  info: Write
  warn: Write
  error: Write
  fatal: Write
  silent: Write
  child(bindings: object): HostLogger
}

/** `bindings` are on every line. An empty text is no line. */
export function hostLogger(logger: Logger, bindings: object = {}): HostLogger {
  const write =
    (level: keyof Logger): Write =>
    (details, message) => {
      if (details === '') return
      if (details instanceof Error) logger[level]({ ...bindings, err: details }, message ?? details.message)
      else if (typeof details === 'string') logger[level](bindings, details)
      else logger[level]({ ...bindings, ...(details as object) }, message ?? '')
    }
  const [debug, info, warn, error] = (['debug', 'info', 'warn', 'error'] as const).map(write) as [Write, Write, Write, Write]
  return { level: 'debug', trace: debug, debug, info, warn, error, fatal: error, silent: () => {}, child: (more) => hostLogger(logger, { ...bindings, ...more }) }
}
