/** A request and a reply as the endpoint sees them: neither Fastify's, nor Node's, nor the web's. */
import type { AuthInfo } from '@gangway/core'
import type { ClientSource, EventStream, RequestHead, RequestNote } from '@gangway/core/web'

export interface HttpRequest extends Omit<RequestHead, 'url'> {
  /** The whole body as text, empty where there is none; or the value that the host has parsed from it. */
  readonly body: unknown
  /** Who sends it, where that is known. */
  readonly auth?: AuthInfo | undefined
  /** The host's own request; undefined where the host knows no connections. */
  readonly source?: ClientSource | undefined
  /** Whether the client is known to have left. */
  readonly gone: boolean
  /** Calls the listener if the client leaves before the reply is complete. */
  onGone(listener: () => void): void
  /** Takes what a log should say of the request. */
  note?(about: RequestNote): void
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | EventStream | undefined
}
