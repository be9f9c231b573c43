/** Closes a connection gracefully if a request was rejected before its body had been received. */

interface Request {
  readonly complete: boolean
  readonly socket: { destroy?(): unknown }
  resume?(): unknown
}

/** Milliseconds for the client to read the reply and to stop sending. */
const LINGER = 2000

/** Closing at once would reset the connection and could lose the reply. So the rest of the body is read and discarded. If it ends in time, the connection stays open. */
export function lingerAfterRefusal(request: Request): void {
  if (request.complete) return
  request.resume?.()
  const timer: { unref?(): void } & ReturnType<typeof setTimeout> = setTimeout(() => request.complete || request.socket.destroy?.(), LINGER)
  timer.unref?.() // The timer must not keep the process alive.
}
