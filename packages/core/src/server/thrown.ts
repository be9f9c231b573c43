/** Reads whatever was thrown without failing itself: anything can be thrown, and its members may throw in turn. */
import { shorten } from '../shorten.ts'

/** Characters that the log keeps of a message or a stack. */
const MAX_TEXT = 8192
const MAX_CAUSES = 5

/** What a log line says of an error. */
export interface ErrorFields {
  readonly type: string
  readonly message: string
  readonly stack?: string
  readonly code?: string | number
  readonly cause?: ErrorFields | { readonly value: unknown }
  readonly errors?: readonly ErrorFields[]
}

/** The message of what was thrown, or the value itself if it is a primitive. Undefined for objects without a message. */
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

/** Errors of other realms, too, such as those that Jest makes. */
export function isErrorLike(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
  } catch {
    return false
  }
}

/** For the `err` member of a log line: an error as it is, unless its text is too long for a log; anything else in an object that says what it is. */
export function loggable(thrown: unknown): unknown {
  try {
    if (!isErrorLike(thrown)) return { type: thrown === null ? 'null' : typeof thrown, message: shorten(thrownMessage(thrown) ?? 'A value without a message was thrown', MAX_TEXT), thrown }
    return thrown.message.length > MAX_TEXT || (thrown.stack?.length ?? 0) > MAX_TEXT ? errorFields(thrown) : thrown
  } catch {
    return { type: typeof thrown, message: 'What was thrown cannot be read' }
  }
}

/** As plain data, with the chain of causes. Members such as the request of an HTTP client are left out: they hold secrets. */
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
