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

interface Waiting {
  /** To be called when the connection is gone. */
  readonly listeners: Set<() => void>
  /** Of replies that are whole. */
  bytes: number
}

const connections = new WeakMap<Connection, Waiting>()

/** Calls the listener, later, once the reply has left or never will: Node tells a reply that its connection is gone only when it is its turn, which then never comes. */
export function onReplyOver({ socket }: Request, reply: Reply, listener: () => void): void {
  if (socket.destroyed) return queueMicrotask(listener) // While somebody was asked who sent the request, say.
  const { listeners } = waitingOn(socket)
  const end = (): void => {
    if (listeners.delete(end)) listener()
  }
  listeners.add(end)
  reply.once('close', end)
}

/** Before a whole reply of so many bytes is sent: a client that asks and asks, and reads nothing, is cut off. One reply may be larger than `max`; it counts only while others wait before it. */
export function waitInLine(request: Request, reply: Reply, bytes: number, max: number): void {
  const waiting = waitingOn(request.socket)
  if (waiting.bytes > 0 && waiting.bytes + bytes > max) return void request.socket.destroy?.()
  waiting.bytes += bytes
  onReplyOver(request, reply, () => (waiting.bytes -= bytes))
}

function waitingOn(connection: Connection): Waiting {
  const known = connections.get(connection)
  if (known) return known
  const waiting: Waiting = { listeners: new Set(), bytes: 0 }
  connections.set(connection, waiting)
  connection.once?.('close', () => {
    for (const listener of [...waiting.listeners]) listener()
  })
  return waiting
}
