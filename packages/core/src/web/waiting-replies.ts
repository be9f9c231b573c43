/** The replies that wait on one connection: those to requests that were sent without waiting for the answers before (pipelining) leave one after another. */

/** As much of a socket of Node's as is used here. */
interface Connection {
  readonly destroyed?: boolean
  once?(event: 'close', listener: () => void): unknown
  destroy?(): unknown
}
interface Request {
  readonly socket: Connection
}
interface Reply {
  once(event: 'close', listener: () => void): unknown
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

const connections = new WeakMap<Connection, OpenConnection>()

/** Calls the listener once the reply has left or never will, at once if the client has left already: Node tells a reply that its connection is gone only when it is its turn, which then never comes. */
export function onReplyOver({ socket }: Request, reply: Reply, listener: () => void): void {
  if (socket.destroyed) return listener() // While somebody was asked who sent the request, or one that was sent with it was answered.
  openReply(openConnection(socket), reply).listeners.push(listener)
}

/** Calls the listener if the client leaves before the reply is complete. Over HTTP/2, one that nobody has ended counts as finished when its client has left. */
export function onClientGone(request: Request, reply: WholeReply, listener: () => void): void {
  onReplyOver(request, reply, () => {
    if (!reply.writableEnded || !reply.writableFinished) listener()
  })
}

/** Before a whole reply of so many bytes is sent: a client that asks and asks, and reads nothing, is cut off. One reply may be larger than `max`; it counts only while others wait before it. */
export function waitInLine({ socket }: Request, reply: Reply, bytes: number, max: number): void {
  const connection = openConnection(socket)
  if (connection.bytes > 0 && connection.bytes + bytes > max) return void socket.destroy?.()
  openReply(connection, reply).bytes = bytes
  connection.bytes += bytes
}

/** One listener on each reply, however many want to know: they cost more than all else here. */
function openReply(connection: OpenConnection, reply: Reply): OpenReply {
  const known = connection.replies.get(reply)
  if (known) return known
  const open: OpenReply = { listeners: [], bytes: 0 }
  connection.replies.set(reply, open)
  reply.once('close', () => end(connection, reply, open))
  return open
}

function openConnection(socket: Connection): OpenConnection {
  const known = connections.get(socket)
  if (known) return known
  const connection: OpenConnection = { replies: new Map(), bytes: 0 }
  connections.set(socket, connection)
  socket.once?.('close', () => {
    for (const [reply, open] of [...connection.replies]) end(connection, reply, open)
  })
  return connection
}

function end(connection: OpenConnection, reply: Reply, { listeners, bytes }: OpenReply): void {
  if (!connection.replies.delete(reply)) return
  connection.bytes -= bytes
  for (const listener of listeners) listener()
}
