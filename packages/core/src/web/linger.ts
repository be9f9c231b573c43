/** How a connection ends on which a request was refused while its body was still being sent. */

interface Request {
  readonly complete: boolean
  readonly socket: { destroy?(): unknown }
  resume?(): unknown
}

/** Milliseconds that the client gets to read why, and to stop. */
const LINGER = 2000

/** To close at once would reset the connection, and lose the reply on its way. What still comes is read and dropped; if it ends, the connection goes on. */
export function linger(request: Request): void {
  if (request.complete) return
  request.resume?.()
  const timer: { unref?(): void } & ReturnType<typeof setTimeout> = setTimeout(() => request.complete || request.socket.destroy?.(), LINGER)
  timer.unref?.() // Where timers keep a process alive, this one must not.
}
