/** Defines the options of a session and of each message that it receives. */
import type { Enter } from '../util/concurrency-limiter.ts'
import type { IncomingRequests } from '../jsonrpc/incoming-requests.ts'
import type { Send } from '../jsonrpc/message.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { SessionRecord } from './session-record.ts'

export interface SessionOptions {
  /** Id of the session in the log, which shows the first 8 characters. @default the log names no session */
  readonly id?: string | undefined
  /** Sends a message that does not belong to a request. */
  readonly send: Send
  /** Requests in flight on a connection that also carries modern requests, whose ids must not collide. @default those of the session alone */
  readonly inflight?: IncomingRequests
  /** Whether messages can be sent to the client outside of a request. @default always: the session ends with its connection */
  readonly isAttached?: (() => boolean) | undefined
  /** The stored session to continue. @default a new session, which begins with its handshake */
  readonly record?: SessionRecord | undefined
  /** Called with the new record after every change, so that a session store can persist it. */
  readonly onRecord?: ((record: SessionRecord) => void) | undefined
}

/** How a message was received. */
export interface ReceiveOptions {
  /** Sends messages that belong to the received request, such as progress. @default `SessionOptions.send` */
  readonly send?: Send
  /** Whether the client can receive input requests. If false, the client is treated as one without capabilities. @default true */
  readonly canAsk?: boolean
  readonly auth?: AuthInfo | undefined
  /** Closes the stream that would carry the response, so that the client reconnects to receive it. @default no stream to close */
  readonly closeStream?: (() => void) | undefined
  /** Queues a request until it may start, and is notified when it has finished. @default every request starts at once */
  readonly enter?: Enter | undefined
}
