/** Tracks the unsent replies of each connection. With HTTP/1.1 pipelining, replies are sent in the order of their requests; with HTTP/2, they are sent in parallel. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2Session, ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import { runAll } from '@gangway/core/internal'

type Connection = Socket | Http2Session
/** An HTTP/2 request has a stream, whose session is undefined once the stream is closed. */
type Request = IncomingMessage & { readonly stream?: ServerHttp2Stream }
type Reply = ServerResponse & { readonly stream?: ServerHttp2Stream }

/** A reply that has neither been sent completely nor been lost. */
interface OpenReply {
  /** Called once the reply has been sent or lost. */
  readonly listeners: (() => void)[]
  /** Size of a reply that is sent as a whole; 0 for a stream. */
  bytes: number
}

interface OpenConnection {
  readonly replies: Map<Reply, OpenReply>
  /** Sum of the bytes of all its replies. */
  bytes: number
}

/** Multiple of `max` for HTTP/2, where a client that reads everything may have several replies in transit. */
const SIDE_BY_SIDE = 8
/** The error code ENHANCE_YOUR_CALM (RFC 9113, section 7). */
const CALM_DOWN = 11

const connections = new WeakMap<Connection, OpenConnection>()

/**
 * Calls the listener once the reply has been sent or never will be, and at once if the client has already disconnected.
 * Node.js emits `close` on a pipelined reply only when its turn comes, which never happens after a disconnect.
 */
export function onReplyDone(request: Request, reply: Reply, listener: () => void): void {
  const connection = connectionOf(request)
  if (!connection || connection.destroyed) return listener()
  openReply(openConnection(connection), reply).listeners.push(listener)
}

/** Whether the client has disconnected, for example while the request was authenticated or an earlier pipelined request was handled. */
export function isDisconnected(request: Request): boolean {
  const connection = connectionOf(request)
  return !connection || connection.destroyed === true
}

/** Calls the listener if the client disconnects before the reply is complete. In HTTP/2, `writableFinished` is true for an aborted reply, so `writableEnded` is checked, too. */
export function onDisconnect(request: Request, reply: Reply, listener: () => void): void {
  onReplyDone(request, reply, () => {
    if (!reply.writableEnded || !reply.writableFinished) listener()
  })
}

/**
 * Must be called before a reply of this size is sent. Disconnects a client that sends requests without reading the replies.
 * A single reply may be larger than `max` bytes: the limit applies only if other replies are unsent.
 */
export function trackPipelinedReply(request: Request, reply: Reply, bytes: number, max: number): void {
  const carrier = connectionOf(request)
  if (!carrier) return
  const connection = openConnection(carrier)
  if (connection.bytes > 0 && connection.bytes + bytes > (reply.stream ? SIDE_BY_SIDE * max : max)) return void (reply.stream ? reply.stream.close(CALM_DOWN) : carrier.destroy?.())
  openReply(connection, reply).bytes = bytes
  connection.bytes += bytes
}

export const connectionOf = ({ socket, stream }: Request): Connection | undefined => (stream ? stream.session : socket)

/** Adds only one listener to each reply, because listeners cost more than everything else here. */
function openReply(connection: OpenConnection, reply: Reply): OpenReply {
  const known = connection.replies.get(reply)
  if (known) return known
  const open: OpenReply = { listeners: [], bytes: 0 }
  connection.replies.set(reply, open)
  reply.on('close', () => end(connection, reply, open)) // `close` is emitted once, and `once` would cost more than `on`.
  return open
}

function openConnection(carrier: Connection): OpenConnection {
  const known = connections.get(carrier)
  if (known) return known
  const connection: OpenConnection = { replies: new Map(), bytes: 0 }
  connections.set(carrier, connection)
  carrier.once?.('close', () => {
    for (const [reply, open] of [...connection.replies]) end(connection, reply, open)
  })
  return connection
}

function end(connection: OpenConnection, reply: Reply, { listeners, bytes }: OpenReply): void {
  if (!connection.replies.delete(reply)) return
  connection.bytes -= bytes
  runAll(listeners)
}
