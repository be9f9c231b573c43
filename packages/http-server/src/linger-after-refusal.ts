/** Closes a connection gracefully if a request was rejected before its body had been received. */
import type { IncomingMessage } from 'node:http'

/** Milliseconds for the client to read the reply and to stop sending. */
const LINGER = 2000

/** Closing at once would reset the connection and could lose the reply. So the rest of the body is read and discarded. If it ends in time, the connection stays open. */
export function lingerAfterRefusal(request: IncomingMessage): void {
  if (request.complete) return
  request.resume()
  setTimeout(() => request.complete || request.socket.destroy?.(), LINGER).unref() // Requests of `inject()` have no real socket.
}
