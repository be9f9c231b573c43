/** A request and a reply as the endpoint sees them: neither Fastify's, nor Node's, nor the web's. */
import type { EventStream } from '@gangway/core/web'

export interface HttpRequest {
  readonly method: string
  /** The whole body as text, empty where there is none; or the value that the host has parsed from it. */
  readonly body: unknown
  /** By its name in lower case. */
  header(name: string): string | undefined
  /** Calls the listener if the client leaves before the reply is complete. */
  onGone(listener: () => void): void
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | EventStream | undefined
}
