/** What a client transport is: a way to a server that can be opened, and then carries messages both ways. */
import { InvalidMessageError, parseJson, parseMessage, type Message, type RequestId } from '../jsonrpc/message.ts'
import { ClientError, excerpt } from './errors.ts'
import { normalizeMessage } from './normalize-message.ts'

export interface ClientTransport {
  /** What errors call the server, such as its URL without the query, or its command without arguments. */
  readonly name: string
  /** Masks what the transport knows to be secret, such as the values of headers, in text for logs. @default masks what looks like a credential */
  redact?(text: string): string
  /** Whether each connection starts a process. @default false */
  readonly spawns?: boolean
  /** Whether the server can have but one connection at a time. @default false */
  readonly single?: boolean
  /** Throws `ClientError` where nobody is there, and the signal's reason once that aborts. Each call opens another way to the server, with another process or session. */
  open(receiver: Receiver, signal: AbortSignal): Promise<Link>
}

/** Takes what comes from the server. */
export interface Receiver {
  /** `about` is the request whose own stream carried the message, where there are such streams. */
  receive(message: Message, about?: RequestId): void
  /** Something came that cannot be used; the link goes on. `GANGWAY_E_SESSION_ENDED` asks for a new session. */
  fault(error: ClientError): void
  /** The link has ended, and not by `close()`. Called at most once. */
  closed(error: ClientError): void
}

export interface SendOptions {
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal
  /** Headers that repeat arguments, for transports that have headers. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Link {
  /** True where each request has a connection of its own: since 2026-07-28, to leave it is to cancel. */
  readonly exchanges: boolean
  /** False where a legacy server keeps no session for this client, so that it can send no requests of its own. @default true */
  readonly hasSession?: boolean
  /**
   * Resolves once the message is on its way; with `exchanges`, once its answer has been received.
   * Rejects if it could not be sent, or if no answer will come; then nothing of it is received any more.
   */
  send(message: Message, options?: SendOptions): Promise<void>
  /** Frees all that is held: streams, processes, the session. Does not reject. */
  close(): Promise<void>
}

/** Parses one message, or the messages of a batch. Throws `ClientError` with an excerpt of any other text. */
export function parseMessages(text: string, from: string): Message[] {
  try {
    const value = parseJson(text)
    return (Array.isArray(value) ? value : [value]).map((one) => parseMessage(normalizeMessage(one)))
  } catch (cause) {
    const reason = cause instanceof InvalidMessageError ? `an invalid message (${cause.message})` : 'text that is not JSON'
    throw new ClientError('GANGWAY_E_NOT_MCP', `${from} sent ${reason}: ${excerpt(text)}`, { cause })
  }
}
