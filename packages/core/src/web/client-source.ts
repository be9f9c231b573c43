/** Finds out the client address and the connection of a Node.js, Express or Fastify request. */
import { connectionOf as rawConnectionOf, type Carried } from './pipelined-replies.ts'

/** A request of Node.js, Express or Fastify. */
export interface ClientSource {
  /** The client's address in Express and Fastify. With a trusted proxy, the host application takes it from the headers of that proxy. */
  readonly ip?: unknown
  readonly socket: object
  /** The Node.js request that Fastify wraps. */
  readonly raw?: Carried
}

/** Returns the client's address, or undefined if the host application does not know it. */
export function addressOf(source: ClientSource | undefined): string | undefined {
  if (typeof source?.ip === 'string') return source.ip
  const { remoteAddress } = (source?.socket ?? {}) as { remoteAddress?: string }
  return remoteAddress
}

/** Returns the connection of the request (with HTTP/2, the session), or undefined if the host application does not know it. */
export const connectionOf = (source: ClientSource | undefined): object | undefined => source && rawConnectionOf(source.raw ?? source)
