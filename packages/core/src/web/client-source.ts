/** Where a request came from, by what Node, Express and Fastify know of it. */
import { connectionOf as rawConnectionOf, type Carried } from './waiting-replies.ts'

/** A request of Node, Express or Fastify. */
export interface ClientSource {
  /** Express and Fastify name the client here, or what a trusted proxy says of it. */
  readonly ip?: unknown
  readonly socket: object
  /** What Fastify's request is made from. */
  readonly raw?: Carried
}

/** The client's address; undefined where the host knows none. */
export function addressOf(source: ClientSource | undefined): string | undefined {
  if (typeof source?.ip === 'string') return source.ip
  const { remoteAddress } = (source?.socket ?? {}) as { remoteAddress?: string }
  return remoteAddress
}

/** The connection that carries the request, a session in HTTP/2; undefined where the host knows none. */
export const connectionOf = (source: ClientSource | undefined): object | undefined => source && rawConnectionOf(source.raw ?? source)
