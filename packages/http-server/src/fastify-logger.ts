/** Adapts a server's logger to the logger interface of Fastify, for the applications that the HTTP transports create. */
import type { Logger } from '@gangway/core'
import type { FastifyBaseLogger } from 'fastify'

export const fastifyLogger = (logger: Logger): FastifyBaseLogger => new BoundLogger(logger, () => ({}))

/** Fastify creates a child logger for each request, so creating one must be cheap: the bindings are merged only when a line is written. */
class BoundLogger implements FastifyBaseLogger {
  readonly level = 'debug'
  readonly #logger: Logger
  readonly #bindings: () => object

  constructor(logger: Logger, bindings: () => object) {
    this.#logger = logger
    this.#bindings = bindings
  }

  trace(details: unknown, message?: string): void {
    this.#write('debug', details, message)
  }
  debug(details: unknown, message?: string): void {
    this.#write('debug', details, message)
  }
  info(details: unknown, message?: string): void {
    this.#write('info', details, message)
  }
  warn(details: unknown, message?: string): void {
    this.#write('warn', details, message)
  }
  error(details: unknown, message?: string): void {
    this.#write('error', details, message)
  }
  fatal(details: unknown, message?: string): void {
    this.#write('error', details, message)
  }
  silent(): void {}

  isLevelEnabled(level: string): boolean {
    return this.#logger.isLevelEnabled?.(level) ?? true
  }

  child(more: object): BoundLogger {
    return new BoundLogger(this.#logger, () => ({ ...this.#bindings(), ...more }))
  }

  /** Writes a line. An empty string is not logged. */
  #write(level: 'debug' | 'info' | 'warn' | 'error', details: unknown, message: string | undefined): void {
    if (details === '') return
    const bindings = this.#bindings()
    if (details instanceof Error) this.#logger[level]({ ...bindings, err: details }, message ?? details.message)
    else if (typeof details === 'string') this.#logger[level](bindings, details)
    else this.#logger[level]({ ...bindings, ...withoutPacket(details as object) }, message ?? '')
  }
}

/** For a malformed request, Node.js puts all received bytes into the error. They may contain a token, so they are removed. */
function withoutPacket(details: { readonly err?: unknown }): object {
  const { err } = details
  if (!(err instanceof Error && 'rawPacket' in err)) return details
  const { rawPacket: _, ...members } = err
  return { ...details, err: Object.assign(new Error(err.message), members) }
}
