/** Wraps an author's logger, so that a logger that throws fails neither the request nor the process, and no log line is lost. */
import { stderrLogger, type Logger } from './logger.ts'
import { loggable } from './thrown-value.ts'

type Level = 'debug' | 'info' | 'warn' | 'error'

/** Returns a logger that never throws. If the wrapped logger fails, the line is written to stderr. */
export function safeLogger(logger: Logger): Logger {
  return logger === stderrLogger || logger instanceof SafeLogger ? logger : new SafeLogger(logger)
}

class SafeLogger implements Logger {
  readonly #logger: Logger
  #failed = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  debug(details: object, message: string): void {
    this.#write('debug', details, message)
  }
  info(details: object, message: string): void {
    this.#write('info', details, message)
  }
  warn(details: object, message: string): void {
    this.#write('warn', details, message)
  }
  error(details: object, message: string): void {
    this.#write('error', details, message)
  }

  isLevelEnabled(level: string): boolean {
    try {
      return this.#logger.isLevelEnabled?.(level) ?? true
    } catch {
      return true
    }
  }

  #write(level: Level, details: object, message: string): void {
    try {
      const written: unknown = this.#logger[level](details, message)
      if (written instanceof Promise) written.catch((error: unknown) => this.#fallBack(error, level, details, message))
    } catch (error) {
      this.#fallBack(error, level, details, message)
    }
  }

  #fallBack(error: unknown, level: Level, details: object, message: string): void {
    if (!this.#failed) stderrLogger.error({ err: loggable(error) }, "The server's logger failed. Lines that it cannot write go to stderr instead")
    this.#failed = true
    stderrLogger[level](details, message)
  }
}
