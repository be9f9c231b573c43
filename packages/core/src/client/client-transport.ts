/** The interface of client transports: a transport opens links to a server, and each link carries messages in both directions. */
import { InvalidMessageError, parseJson, parseMessage, type Message, type RequestId } from '../jsonrpc/message.ts'
import { ClientError, excerpt } from './client-errors.ts'
import { normalizeMessage } from './normalize-message.ts'

export interface ClientTransport {
  /** The server's name in error messages, such as its URL without the query, or its command without arguments. */
  readonly name: string
  /** Masks secrets that the transport knows, such as header values, in text for logs. @default masks what looks like a credential */
  redact?(text: string): string
  /** Whether each connection starts a process. @default false */
  readonly spawns?: boolean
  /** Whether the server accepts only one connection at a time. @default false */
  readonly single?: boolean
  /**
   * Opens a new link: each call starts another process or session.
   * Rejects with `ClientError` if the server is unreachable, and with the signal's reason on abort.
   */
  open(receiver: Receiver, signal: AbortSignal): Promise<Link>
}

/** Receives messages and errors from a link. */
export interface Receiver {
  /** `about` is the id of the request whose own stream carried the message; undefined if the transport has a single stream. */
  receive(message: Message, about?: RequestId): void
  /** Reports unusable input; the link stays open. `GANGWAY_E_SESSION_ENDED` makes the client establish a new session. */
  fault(error: ClientError): void
  /** Called at most once, when the link ends for any reason other than `close()`. */
  closed(error: ClientError): void
}

export interface SendOptions {
  /** Aborts when the caller no longer waits for the response. */
  readonly signal?: AbortSignal
  /** Headers that repeat arguments of the call. Transports without headers ignore them. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Link {
  /** True if each request has its own connection. Since revision 2026-07-28, closing that connection cancels the request. */
  readonly exchanges: boolean
  /** False if a legacy server keeps no session for this client, and therefore cannot send requests to it. @default true */
  readonly hasSession?: boolean
  /**
   * Resolves once the message has been sent; if `exchanges` is true, once its response has been received.
   * Rejects if the message could not be sent or no response will arrive. Nothing is received for that message afterwards.
   */
  send(message: Message, options?: SendOptions): Promise<void>
  /** Releases everything the link holds: streams, processes and the session. Never rejects. */
  close(): Promise<void>
}

/** Parses one message or a batch. Throws `GANGWAY_E_NOT_MCP` with an excerpt of the text if it contains anything else. */
export function parseMessages(text: string, from: string): Message[] {
  try {
    const value = parseJson(text)
    return (Array.isArray(value) ? value : [value]).map((one) => parseMessage(normalizeMessage(one)))
  } catch (cause) {
    const reason = cause instanceof InvalidMessageError ? `an invalid message (${cause.message})` : 'text that is not JSON'
    throw new ClientError('GANGWAY_E_NOT_MCP', `${from} sent ${reason}: ${excerpt(text)}`, { cause })
  }
}
