/** Requests and replies as the endpoint sees them, independent of Fastify, Node.js and web-standard types. */
import type { AuthInfo } from '@gangway/core'
import type { ClientSource, EventStream, RequestHead, RequestLogFields } from '@gangway/core/internal/http'

export interface HttpRequest extends Omit<RequestHead, 'url'> {
  /** The complete body as text, or the value that the host has parsed from it. An empty string if there is no body. */
  readonly body: unknown
  /** Authentication of the caller; undefined for anonymous callers. */
  readonly auth?: AuthInfo | undefined
  /** The host's own request object, which identifies the connection. Undefined if the host does not expose connections. */
  readonly source?: ClientSource | undefined
  /** Whether the client is known to have disconnected. */
  readonly gone: boolean
  /** Calls the listener if the client disconnects before the reply is complete. */
  onGone(listener: () => void): void
  /** Adds fields about the MCP message to the host's request log. */
  note?(about: RequestLogFields): void
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | EventStream | undefined
}
