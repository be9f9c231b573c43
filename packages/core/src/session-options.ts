/** What a session is created with, and how a message reaches it. */
import type { Enter } from './jsonrpc/concurrency-limiter.ts'
import type { Inflight } from './jsonrpc/inflight.ts'
import type { Send } from './jsonrpc/message.ts'
import type { AuthInfo } from './protocol/types/base.ts'
import type { SessionRecord } from './session-record.ts'

export interface SessionOptions {
  /** Name of the session in the log, which shows the first 8 characters. @default the log names no session */
  readonly id?: string | undefined
  /** Sends a message that belongs to no request. */
  readonly send: Send
  /** Requests in flight on a connection that also carries modern requests: their ids must not collide. @default those of the session alone */
  readonly inflight?: Inflight
  /** Whether the client can be reached outside of a request. @default always: the session ends with its connection */
  readonly isAttached?: (() => boolean) | undefined
  /** Continues a stored session. @default a new session, which begins with its handshake */
  readonly record?: SessionRecord | undefined
  /** Called with the new record after every change, so that a session store can persist it. */
  readonly onRecord?: ((record: SessionRecord) => void) | undefined
}

/** How one message arrived. */
export interface ReceiveOptions {
  /** Sends messages that belong to this request, such as its progress. @default `SessionOptions.send` */
  readonly send?: Send
  /** Whether input requests reach the client. If not, the client counts as one without these capabilities. @default true */
  readonly canAsk?: boolean
  readonly auth?: AuthInfo | undefined
  /** Closes the stream that will carry the response, so that the client reconnects for it. @default no stream to close */
  readonly closeStream?: (() => void) | undefined
  /** Delays a request until its turn. @default every request starts at once */
  readonly enter?: Enter | undefined
}
