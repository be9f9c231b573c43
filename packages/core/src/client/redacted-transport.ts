/** Wraps a client transport so that its name and its errors do not show the secrets that it was given. */
import { isGangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import type { ErrorObject } from '../jsonrpc/rpc-errors.ts'
import type { Message, Params } from '../jsonrpc/message.ts'
import { masker, redact as redactText } from '../util/redact.ts'
import { ClientError } from './client-errors.ts'
import type { ClientTransport, Receiver } from './client-transport.ts'

/** `secrets` is called for each error, because tokens change. */
export function redactedTransport(transport: ClientTransport, secrets: () => Iterable<string>): ClientTransport {
  const mask = (text: string): string => masker(secrets())(text)
  const redact = (text: string): string => (transport.redact ?? redactText)(mask(text)) // Mask known secrets first: a pattern may match only a part of one.
  const safe = (error: unknown): never => {
    throw redactedError(error, redact)
  }
  return {
    ...transport,
    name: redact(transport.name),
    redact,
    open: async (receiver, signal) => {
      const link = await transport.open(redactedReceiver(receiver, mask, redact), signal).catch(safe)
      return {
        exchanges: link.exchanges,
        get hasSession() { return link.hasSession ?? true },
        send: (message, options) => link.send(message, options).catch(safe),
        close: () => link.close(),
      }
    },
  }
}

const redactedReceiver = (receiver: Receiver, mask: (text: string) => string, redact: (text: string) => string): Receiver => ({
  receive: (message, about) => receiver.receive('error' in message ? withMaskedError(message, mask) : 'method' in message && MESSAGES.has(message.method) ? { ...message, params: maskedData(message.params, mask) as Params } : message, about),
  fault: (error) => receiver.fault(redactedError(error, redact)),
  closed: (error) => receiver.closed(redactedError(error, redact)),
})

/** Notifications whose text is written for people, and may therefore quote a secret. */
const MESSAGES: ReadonlySet<string> = new Set(['notifications/message', 'notifications/progress'])

/** The data of this error contains a URL that the user must open. A masked URL would not work. */
const URL_ELICITATION_REQUIRED = -32_042

/** Masks only known secrets in the server's errors. Programs read these errors, and text that merely looks like a secret may be intended for them. */
function withMaskedError<M extends Message>(message: M & { error?: unknown }, mask: (text: string) => string): M {
  if (!isObject(message.error)) return message
  const { code, message: text, data } = message.error as Partial<ErrorObject>
  return { ...message, error: { ...message.error, ...(typeof text === 'string' && { message: mask(text) }), ...(data !== undefined && code !== URL_ELICITATION_REQUIRED && { data: maskedData(data, mask) }) } }
}

/** Maximum depth of an error's data. Deeper values are removed. */
const MAX_DEPTH = 64

function maskedData(data: unknown, mask: (text: string) => string, depth = 0): unknown {
  if (typeof data === 'string') return mask(data)
  if (typeof data !== 'object' || data === null) return data
  if (depth === MAX_DEPTH) return undefined
  if (Array.isArray(data)) return data.map((one) => maskedData(one, mask, depth + 1))
  return Object.fromEntries(Object.entries(data).map(([key, one]) => [mask(key), maskedData(one, mask, depth + 1)]))
}

/** Returns a copy of a `ClientError` with its text and that of its causes masked. Other values, such as the reason of a signal, are returned unchanged. */
export function redactedError<E>(error: E, redact: (text: string) => string): E | ClientError {
  if (!(error instanceof ClientError)) return error
  const copy = new ClientError(error.code, redact(error.message), { ...(error.status !== undefined && { status: error.status }), ...(error.cause !== undefined && { cause: redactedCause(error.cause, redact) }) })
  if (error.stack !== undefined) copy.stack = redact(error.stack)
  return copy
}

/** Copies only the name, message, stack and code: errors of Node's child processes also hold the whole command line. */
function redactedCause(cause: unknown, redact: (text: string) => string): unknown {
  if (!(cause instanceof Error)) return redact(String(cause))
  const code = isGangwayError(cause) || ('code' in cause && typeof cause.code === 'string') ? { code: cause.code } : {}
  return Object.assign(new Error(redact(cause.message)), { name: cause.name, stack: redact(cause.stack ?? cause.message), ...code })
}
