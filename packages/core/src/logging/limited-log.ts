/** Limits log lines that clients can cause at will: repeated errors are written without their stacks, or at debug level. */
import { BoundedMap } from '../util/bounded-map.ts'
import { RateLimiter } from '../util/rate-limiter.ts'
import type { Logger } from './logger.ts'

/** How many lines with the same message and stack are written in full: 10 at once, then one every ten seconds. */
const FULL = 10
const FULL_PER_SECOND = 0.1
/** The number of different lines that are counted per logger. Beyond it, the oldest count is dropped. */
const MAX_KINDS = 1000
/** The number of characters of a stack that are compared to tell errors apart. */
const MAX_PLACE = 2000

interface Kind {
  readonly full: RateLimiter
  /** The number of lines since the last one that was written in full. */
  skipped: number
}

export interface FailureDetails {
  /** The error, as returned by `loggable()`. */
  readonly err?: unknown
  /** Lines with an error id are always written, because the client has the id too. */
  readonly errorId?: string
  readonly [member: string]: unknown
}

const kinds = new WeakMap<Logger, BoundedMap<string, Kind>>()

/**
 * Logs an error in full, unless lines with the same message and stack were logged too often recently. Beyond that limit, a line with an `errorId` loses its `err`
 * and reports this in `omitted`; a line without an `errorId` is written at debug level. `repeated` in the next full line counts the lines since the last one.
 */
export function logLimited(logger: Logger, level: 'warn' | 'error', details: FailureDetails, message: string): void {
  const kind = kindOf(logger, `${level} ${message} ${placeOf(details.err)}`)
  if (kind.full.take()) {
    const { skipped } = kind
    kind.skipped = 0
    return logger[level](skipped > 0 ? { ...details, repeated: skipped } : details, message)
  }
  kind.skipped++
  if (details.errorId === undefined) return logger.debug(details, message)
  const { err: _, ...rest } = details
  logger[level]({ ...rest, omitted: `the error and its stack: the same stack was logged ${FULL} times` }, message)
}

function kindOf(logger: Logger, key: string): Kind {
  const known = kinds.get(logger) ?? new BoundedMap<string, Kind>(MAX_KINDS)
  kinds.set(logger, known)
  const found = known.get(key)
  if (found) return found
  const kind: Kind = { full: new RateLimiter(FULL, FULL_PER_SECOND), skipped: 0 }
  known.set(key, kind)
  return kind
}

/** The place where an error was thrown. The message is excluded: it may quote the client's input, which would make every line different. */
function placeOf(err: unknown): string {
  try {
    const { stack, name, type = name } = err as { readonly stack?: unknown; readonly name?: unknown; readonly type?: unknown }
    const frames = typeof stack === 'string' ? stack.indexOf('\n    at ') : -1
    return frames < 0 ? String(type).slice(0, MAX_PLACE) : (stack as string).slice(frames, frames + MAX_PLACE)
  } catch {
    return ''
  }
}
