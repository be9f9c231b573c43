/** The calls in flight on one upstream connection. Decides which client receives an input request or a log message of the upstream. */
import type { LogMessage } from '../client/connect.ts'
import { InvalidRequestError } from '../jsonrpc/rpc-errors.ts'
import type { InputRequest } from '../protocol/types/input-types.ts'
import type { EndingSession } from '../context/context.ts'

export interface UpstreamCall {
  /** The session of the proxy's client; undefined if it has none. */
  readonly session: EndingSession | undefined
  /** Whether this call can carry an input request to the client. */
  readonly canAsk: boolean
  /** Sends the input request to the client. The call must stay open until the client has responded. */
  ask(question: InputRequest, signal: AbortSignal): Promise<unknown>
  log(message: LogMessage): void
}

export class Calls {
  readonly #session: EndingSession | undefined
  /** Oldest first. */
  readonly #calls = new Set<UpstreamCall>()
  readonly #waiting = new Set<(call: UpstreamCall) => void>()
  #hadCall = false

  /** `session` belongs to the only client of the connection; undefined if several clients use the connection one after the other. */
  constructor(session: EndingSession | undefined) {
    this.#session = session
  }

  add(call: UpstreamCall): void {
    this.#calls.add(call)
    if (!call.canAsk) return
    this.#hadCall = true
    for (const ask of this.#waiting) ask(call)
    this.#waiting.clear()
  }

  delete(call: UpstreamCall): void {
    this.#calls.delete(call)
  }

  /**
   * Sends an input request to the client in the call on whose stream it arrived. If that call is unknown or finished:
   * - with a session, the oldest call of the session carries it, or the next one;
   * - without a session, other calls may belong to other users. Only a transport with a single stream may use the call in flight, or wait for the first one.
   *
   * `named` is the `call` that the client transport reports: null if it is unknown or finished, undefined if the transport has a single stream.
   * Throws `RpcError` if no call may carry the request.
   */
  async ask(question: InputRequest, signal: AbortSignal, named: object | null | undefined): Promise<unknown> {
    const calls = [...this.#calls].filter(({ canAsk }) => canAsk)
    const isOthers = !this.#session && this.#hadCall
    const call = calls.find((one) => one === named) ?? (isOthers && named !== undefined ? undefined : calls[0])
    if (!call && isOthers) throw new InvalidRequestError('This request belongs to no call in flight')
    return (call ?? (await this.#next(signal))).ask(question, signal)
  }

  /** Drops the message if calls of different sessions are in flight, because it could belong to another user. */
  log(message: LogMessage): void {
    const [call, ...others] = this.#calls
    if (!call) this.#session?.log(message.level, message.data, message.logger)
    else if (others.every(({ session }) => session !== undefined && session === call.session)) call.log(message)
  }

  #next(signal: AbortSignal): Promise<UpstreamCall> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve)
      signal.addEventListener('abort', () => {
        this.#waiting.delete(resolve)
        reject(signal.reason as Error)
      }, { once: true })
    })
  }
}
