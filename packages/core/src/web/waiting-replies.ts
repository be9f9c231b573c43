/** The replies that wait on one connection: those to requests that were sent without waiting for the answers before (pipelining) leave one after another, and over HTTP/2 side by side. */

import { runAll } from '../jsonrpc/run-all.ts'

/** As much of a socket of Node's, or of a session of HTTP/2, as is used here. */
interface Connection {
  readonly destroyed?: boolean
  once?(event: 'close', listener: () => void): unknown
  destroy?(): unknown
}
/** One of HTTP/2 has a stream, which belongs to a session until it is over. */
export interface Carried {
  readonly socket: Connection
  readonly stream?: { readonly session?: Connection | undefined }
}
interface Reply {
  on(event: 'close', listener: () => void): unknown
  readonly stream?: { close(code: number): unknown }
}
/** One that can tell whether it is complete. */
interface WholeReply extends Reply {
  readonly writableEnded: boolean
  readonly writableFinished: boolean
}

/** A reply that has neither left nor been lost. */
interface OpenReply {
  /** To be called once it has. */
  readonly listeners: (() => void)[]
  /** Of a reply that is whole. */
  bytes: number
}

interface OpenConnection {
  readonly replies: Map<Reply, OpenReply>
  /** Of all its replies. */
  bytes: number
}

/** Over HTTP/2, in multiples of what may wait in line: a client that reads all may have several replies on their way. */
const SIDE_BY_SIDE = 8
/** RFC 9113, 7: ENHANCE_YOUR_CALM. */
const CALM_DOWN = 11

const connections = new WeakMap<Connection, OpenConnection>()

/** Calls the listener once the reply has left or never will, at once if the client has left already: Node tells a reply that its connection is gone only when it is its turn, which then never comes. */
export function onReplyOver(request: Carried, reply: Reply, listener: () => void): void {
  const connection = connectionOf(request)
  if (!connection || connection.destroyed) return listener()
  openReply(openConnection(connection), reply).listeners.push(listener)
}

/** Whether the client of a request is gone: it may have left while somebody was asked who it is, or a request that came with this one was answered. */
export function hasLeft(request: Carried): boolean {
  const connection = connectionOf(request)
  return !connection || connection.destroyed === true
}

/** Calls the listener if the client leaves before the reply is complete. Over HTTP/2, one that nobody has ended counts as finished when its client has left. */
export function onClientGone(request: Carried, reply: WholeReply, listener: () => void): void {
  onReplyOver(request, reply, () => {
    if (!reply.writableEnded || !reply.writableFinished) listener()
  })
}

/** Before a whole reply of so many bytes is sent: a client that asks and asks, and reads nothing, is cut off. One reply may be larger than `max`; it counts only while others wait before it. */
export function waitInLine(request: Carried, reply: Reply, bytes: number, max: number): void {
  const carrier = connectionOf(request)
  if (!carrier) return
  const connection = openConnection(carrier)
  if (connection.bytes > 0 && connection.bytes + bytes > (reply.stream ? SIDE_BY_SIDE * max : max)) return void (reply.stream ? reply.stream.close(CALM_DOWN) : carrier.destroy?.())
  openReply(connection, reply).bytes = bytes
  connection.bytes += bytes
}

export const connectionOf = ({ socket, stream }: Carried): Connection | undefined => (stream ? stream.session : socket)

/** One listener on each reply, however many want to know: they cost more than all else here. */
function openReply(connection: OpenConnection, reply: Reply): OpenReply {
  const known = connection.replies.get(reply)
  if (known) return known
  const open: OpenReply = { listeners: [], bytes: 0 }
  connection.replies.set(reply, open)
  reply.on('close', () => end(connection, reply, open)) // Which comes once: to listen for once alone would cost more.
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
