/** Reads thrown values without throwing: any value can be thrown, and its getters may throw too. */
import { shorten } from '../util/shorten.ts'

/** The maximum length of a message or stack in the log, in characters. */
const MAX_TEXT = 8192
const MAX_CAUSES = 5

/** The members of an error that log lines contain. */
export interface ErrorFields {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly code?: string | number
  readonly cause?: ErrorFields | { readonly value: unknown }
  readonly errors?: readonly ErrorFields[]
}

/** The message of a thrown error, or a thrown primitive as text. Undefined for other objects without a message. */
export function thrownMessage(thrown: unknown): string | undefined {
  try {
    if (typeof thrown === 'function') return undefined
    if (typeof thrown !== 'object' || thrown === null) return String(thrown)
    const { message, name } = thrown as { message?: unknown; name?: unknown }
    if (typeof message === 'string' && message !== '') return message
    return isErrorLike(thrown) && typeof name === 'string' ? name : undefined
  } catch {
    return undefined
  }
}

/** Also recognizes errors of other realms, such as those created inside Jest. */
export function isErrorLike(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false
  }
}

/**
 * The value for the `err` member of a log line. An error is returned unchanged, or as plain data with shortened texts if they are too long for a log.
 * Any other value is wrapped in an object that describes it.
 */
export function loggable(thrown: unknown): unknown {
  try {
    if (!isErrorLike(thrown)) return { type: thrown === null ? 'null' : typeof thrown, message: shorten(thrownMessage(thrown) ?? 'A value without a message was thrown', MAX_TEXT), thrown }
    return thrown.message.length > MAX_TEXT || (thrown.stack?.length ?? 0) > MAX_TEXT ? errorFields(thrown) : thrown
  } catch {
    return { type: typeof thrown, message: 'The thrown value cannot be read' }
  }
}

/** An error as plain data, with its chain of causes. Other members, such as the request of an HTTP client, are omitted because they may contain secrets. */
export function errorFields(error: Error, depth = 0): ErrorFields {
  const { name, message, stack, cause } = error
  const { code, errors } = error as { code?: unknown; errors?: unknown }
  return {
    type: String(name),
    message: shorten(String(message), MAX_TEXT),
    ...(typeof stack === 'string' && { stack: shorten(stack, MAX_TEXT) }),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: isErrorLike(cause) ? errorFields(cause, depth + 1) : { value: cause } }),
    ...(Array.isArray(errors) && depth < MAX_CAUSES && { errors: errors.slice(0, MAX_CAUSES).filter(isErrorLike).map((one) => errorFields(one, depth + 1)) }),
  }
}
