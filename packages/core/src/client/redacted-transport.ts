/** A client transport whose name and errors show none of the secrets that it was given. */
import { isGangwayError } from '../gangway-error.ts'
import { redactor } from '../redact.ts'
import { ClientError } from './errors.ts'
import type { ClientTransport, Receiver } from './transport.ts'

/** `secrets` is called for each error: tokens change. */
export function redactedTransport(transport: ClientTransport, secrets: () => Iterable<string>): ClientTransport {
  const redact = (text: string): string => redactor(secrets())(transport.redact?.(text) ?? text)
  const safe = (error: unknown): never => {
    throw redactedError(error, redact)
  }
  return {
    ...transport,
    name: redact(transport.name),
    redact,
    open: async (receiver, signal) => {
      const link = await transport.open(redactedReceiver(receiver, redact), signal).catch(safe)
      return {
        exchanges: link.exchanges,
        get hasSession() { return link.hasSession ?? true },
        send: (message, options) => link.send(message, options).catch(safe),
        close: () => link.close(),
      }
    },
  }
}

const redactedReceiver = (receiver: Receiver, redact: (text: string) => string): Receiver => ({
  receive: (message, about) => receiver.receive(message, about),
  fault: (error) => receiver.fault(redactedError(error, redact)),
  closed: (error) => receiver.closed(redactedError(error, redact)),
})

/** The same error with its text, and that of its causes, masked. Anything but a `ClientError` is returned as it is, such as the reason of a signal. */
export function redactedError<E>(error: E, redact: (text: string) => string): E | ClientError {
  if (!(error instanceof ClientError)) return error
  const copy = new ClientError(error.code, redact(error.message), { ...(error.status !== undefined && { status: error.status }), ...(error.cause !== undefined && { cause: redactedCause(error.cause, redact) }) })
  if (error.stack !== undefined) copy.stack = redact(error.stack)
  return copy
}

/** Without further members: those of Node's errors hold the whole command line. */
function redactedCause(cause: unknown, redact: (text: string) => string): unknown {
  if (!(cause instanceof Error)) return redact(String(cause))
  const code = isGangwayError(cause) || ('code' in cause && typeof cause.code === 'string') ? { code: cause.code } : {}
  return Object.assign(new Error(redact(cause.message)), { name: cause.name, stack: redact(cause.stack ?? cause.message), ...code })
}
