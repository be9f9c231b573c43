/** Both front doors on one duplex wire: standard streams, a socket, two ends in memory. */
import type { Outgoing } from './encode.ts'
import { RateLimiter } from './jsonrpc/rate-limiter.ts'
import type { Awaitable } from './jsonrpc/awaitable.ts'
import { InvalidRequestError, toRpcError, type RpcError } from './jsonrpc/errors.ts'
import type { Exchange } from './jsonrpc/exchange.ts'
import { Inflight } from './jsonrpc/inflight.ts'
import { failure, InvalidMessageError, isFailure, isRequest, notification, parseJson, parseMessage, type Message, type RequestId, type RequestMessage, type ResponseMessage } from './jsonrpc/message.ts'
import { ConcurrencyLimiter, type Enter } from './jsonrpc/concurrency-limiter.ts'
import { UnderWay } from './jsonrpc/under-way.ts'
import { isModern } from './protocol/revisions.ts'
import type { AuthInfo } from './protocol/types/base.ts'
import type { ServerDefinition } from './server/definition.ts'
import { loggable } from './server/thrown.ts'
import { Session } from './session.ts'
import { brief } from './shorten.ts'
import { serveRequest } from './stateless.ts'

export interface ConnectionOptions {
  /** Who the one client on this wire is, where that is known. */
  readonly auth?: AuthInfo | undefined
}

/** Stays open until its client or the server ends it, without work of its own: it does not count towards the requests that are served at a time. */
const LISTEN = 'subscriptions/listen'
/** Characters of the messages behind a handshake that is being answered, from which on nothing more is read. */
const MAX_HELD = 4 * 1024 * 1024
/** Open `subscriptions/listen` requests of one connection. */
const MAX_LISTENING = 1000

/** Said in passing while a handler works, without end if it so wants: for a client that has stopped reading long ago it is not kept. */
const IN_PASSING: ReadonlySet<string> = new Set(['notifications/message', 'notifications/progress'])

/**
 * At most 64 requests are served at a time, and 16 while 256 KiB or more wait to leave; the others wait for their turn.
 * Notifications and answers never do, so that a request which waits can be cancelled, and one that asks something gets its answer.
 */
export class Connection {
  readonly #server: ServerDefinition
  readonly #auth: AuthInfo | undefined
  readonly #send: (outgoing: Outgoing) => void
  readonly #inflight = new Inflight()
  readonly #limiter = new ConcurrencyLimiter()
  /** For the answers to what is no message: two peers that answer each other's errors would never stop. */
  readonly #refusals = new RateLimiter(100, 10)
  /** Messages whose answer is not sent yet. */
  readonly #receiving = new UnderWay()
  readonly #session: Session
  /** What came behind a handshake that is being answered. */
  #held: string[] | undefined
  #heldLength = 0
  /** Wait until the handshake is answered. */
  readonly #heldReaders: (() => void)[] = []
  #listening = 0
  #closed = false

  /** `send` is called with one message at a time, in the order in which they must reach the client. */
  constructor(server: ServerDefinition, send: (outgoing: Outgoing) => void, { auth }: ConnectionOptions = {}) {
    this.#server = server
    this.#auth = auth
    this.#send = (outgoing) => {
      if (this.#closed || (this.#limiter.isClogged && 'method' in outgoing && IN_PASSING.has(outgoing.method))) return
      send(outgoing)
    }
    this.#session = new Session(server, { send: this.#send, inflight: this.#inflight })
  }

  /** Bytes that were given to `send` and wait to leave: a transport says so whenever that changes. */
  set unsent(bytes: number) {
    this.#limiter.unsent = bytes
  }

  /** Undefined while more may be received; otherwise resolves when it may: until then, a transport should not read. */
  room(): Promise<void> | undefined {
    if (this.#held && this.#heldLength >= MAX_HELD) return new Promise((resolve) => this.#heldReaders.push(resolve))
    return this.#limiter.room()
  }

  /** Serves the text of one message; requests run side by side, and answers go to `send`. Never throws. */
  receive(text: string): void {
    this.#receiving.begin()
    this.#take(text)
  }

  /** Answers what cannot be served, at a limited rate: 100 times at once, 10 times a second from then on. */
  refuse(error: RpcError, id: RequestId | null = null): void {
    if (this.#refusals.take()) this.#send(failure(id, error))
    else this.#server.logger.debug({ id: brief(id), err: loggable(error) }, 'Too many invalid messages: this one is not answered')
  }

  /** To be called when no message can arrive any more: a handler that waits for the client gets an error, instead of waiting until the connection closes. */
  endInput(): void {
    this.#session.endInput()
  }

  /** Resolves when every request is answered; those that wait for the end of the server are, now. */
  drain(): Promise<void> {
    this.#server.changes.flush()
    this.#inflight.endAll()
    return this.#receiving.none()
  }

  /** Cancels what is in flight; nothing is sent any more. */
  close(reason = 'The connection has ended'): void {
    this.#closed = true
    this.#session.close(reason)
  }

  #take(text: string): void {
    if (this.#closed) this.#receiving.end()
    else if (this.#held) this.#hold(this.#held, text)
    else this.#serve(text)
  }

  #hold(held: string[], text: string): void {
    held.push(text)
    this.#heldLength += text.length
  }

  #serve(text: string): void {
    let read: Message | unknown[]
    try {
      const value = parseJson(text)
      read = Array.isArray(value) ? value : parseMessage(value)
    } catch (error) {
      return this.#refuse(error)
    }
    if (Array.isArray(read)) void this.#serveBatch(read, text.length)
    else this.#serveMessage(read, text.length)
  }

  #refuse(error: unknown): void {
    if (!(error instanceof InvalidMessageError)) this.refuse(toRpcError(error))
    else if (error.answerable) this.refuse(error, error.id)
    this.#receiving.end()
  }

  async #serveBatch(values: readonly unknown[], length: number): Promise<void> {
    try {
      const responses = await this.#session.receiveBatch(values, { auth: this.#auth, enter: this.#turn(length / values.length) })
      if (responses.length > 0) this.#send(responses)
      this.#receiving.end()
    } catch (error) {
      this.#refuse(error)
    }
  }

  #turn(bytes: number): Enter {
    return (begin) => this.#limiter.enter(begin, bytes)
  }

  #serveMessage(message: Message, bytes: number): void {
    const enter = this.#turn(bytes)
    if (!isRequest(message) || !isModern(message)) {
      if (isRequest(message) && message.method === 'initialize') return this.#shakeHands(message)
      return this.#session.serve(message, { auth: this.#auth, enter }, this.#answer)
    }
    const serve = (exchange: Exchange): Awaitable<ResponseMessage> => serveRequest(this.#server, message, exchange, this.#auth, this.#session)
    if (message.method !== LISTEN) return this.#inflight.start(message.id, this.#send, serve, this.#answer, enter)
    if (this.#listening >= MAX_LISTENING) return this.#answer(failure(message.id, tooManyListening()))
    this.#listening++
    this.#inflight.start(message.id, this.#send, serve, this.#endListening(message))
  }

  /** What comes right behind the handshake must neither overtake its answer nor cancel it. */
  #shakeHands(message: RequestMessage): void {
    const held: string[] = (this.#held = [])
    this.#session.serve(message, { auth: this.#auth }, (response) => {
      this.#held = undefined
      this.#heldLength = 0
      this.#answer(response)
      for (const text of held) this.#take(text)
      for (const resume of this.#heldReaders.splice(0)) resume()
    })
  }

  /** On a shared wire, a subscription that the server ends has its result and, for clients that wait for that, a cancellation. */
  #endListening({ id }: RequestMessage) {
    return (response: ResponseMessage | undefined): void => {
      this.#listening--
      this.#answer(response)
      if (response && !isFailure(response)) this.#send(notification('notifications/cancelled', { requestId: id }))
    }
  }

  readonly #answer = (response: ResponseMessage | undefined): void => {
    if (response) this.#send(response)
    this.#receiving.end()
  }
}

const tooManyListening = (): RpcError =>
  new InvalidRequestError(`A connection has at most ${MAX_LISTENING} open subscriptions: cancel one first`, { data: { reason: 'too_many_subscriptions' } })
