/** Serves one client on a duplex connection, such as stdio, a socket or an in-memory pair, in both eras. */
import type { Outgoing } from './encode-message.ts'
import { RateLimiter } from '../util/rate-limiter.ts'
import { isLater, type Awaitable } from '../util/awaitable.ts'
import { InvalidRequestError, toRpcError, type RpcError } from '../jsonrpc/rpc-errors.ts'
import { type Exchange, IncomingRequests } from '../jsonrpc/incoming-requests.ts'
import { failure, InvalidMessageError, isFailure, isRequest, notification, parseJson, parseMessage, type Message, type RequestId, type RequestMessage, type ResponseMessage } from '../jsonrpc/message.ts'
import { ConcurrencyLimiter, type Enter } from '../util/concurrency-limiter.ts'
import { memoryOfText } from '../util/json-size.ts'
import { WaitGroup } from '../util/wait-group.ts'
import { isModern } from '../protocol/revisions.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { loggable } from '../logging/thrown-value.ts'
import { Session } from './session.ts'
import { brief } from '../util/shorten.ts'
import { serveRequest } from './modern-request.ts'

export interface ConnectionOptions {
  /** The authenticated client, if known. */
  readonly auth?: AuthInfo | undefined
}

/** Stays open until the client or the server ends it. It does no work in between, so it does not count towards the concurrency limit. */
const LISTEN = 'subscriptions/listen'
/** Bypasses the queue, because it checks whether the server is alive. */
const PING = 'ping'
/** Characters of messages that wait for the response to `initialize`. From this size on, nothing more is read. */
const MAX_HELD = 4 * 1024 * 1024
/** Maximum open `subscriptions/listen` requests of one connection. */
const MAX_LISTENING = 1000

/** Progress and log notifications. They are dropped, not queued, when the client has stopped reading. */
const IN_PASSING: ReadonlySet<string> = new Set(['notifications/message', 'notifications/progress'])

/**
 * At most 64 requests run at a time, and 16 if at least 256 KiB are unsent. Further requests wait in a queue.
 * Notifications and responses are never queued, so that a waiting request can be canceled and a handler receives the responses that it waits for.
 */
export class Connection {
  readonly #server: ServerDefinition
  readonly #auth: AuthInfo | undefined
  readonly #send: (outgoing: Outgoing) => void
  readonly #inflight = new IncomingRequests()
  readonly #limiter = new ConcurrencyLimiter()
  /** Limits the error responses to invalid messages. Without a limit, two peers that respond to each other's errors would never stop. */
  readonly #refusals = new RateLimiter(100, 10)
  /** Messages that have not been handled completely. */
  readonly #receiving = new WaitGroup()
  readonly #session: Session
  /** The messages that arrived after an `initialize` request without a response yet. Undefined if there is no such request. */
  #held: string[] | undefined
  #heldLength = 0
  /** Resolvers of `room()`, called once the `initialize` request has its response. */
  readonly #heldReaders: (() => void)[] = []
  #listening = 0
  #closed = false

  /** `send` is called with one message at a time, in the order in which the client must receive them. */
  constructor(server: ServerDefinition, send: (outgoing: Outgoing) => void, { auth }: ConnectionOptions = {}) {
    this.#server = server
    this.#auth = auth
    this.#send = (outgoing) => {
      if (this.#closed || (this.#limiter.isOverfull && 'method' in outgoing && IN_PASSING.has(outgoing.method))) return
      send(outgoing)
    }
    this.#session = new Session(server, { send: this.#send, inflight: this.#inflight })
  }

  /** Bytes that were passed to `send` and have not been written yet. The transport must set it after every change. */
  set unsent(bytes: number) {
    this.#limiter.unsent = bytes
  }

  /** Returns undefined if the transport may read more. Otherwise resolves when it may read again. */
  room(): Promise<void> | undefined {
    if (this.#held && this.#heldLength >= MAX_HELD) return new Promise((resolve) => this.#heldReaders.push(resolve))
    return this.#limiter.room()
  }

  /** Handles the text of one message. Requests run concurrently, and their responses are passed to `send`. Never throws. */
  receive(text: string): void {
    this.#receiving.begin()
    this.#take(text)
  }

  /** Responds with an error to an invalid message. Limited to a burst of 100 responses and 10 per second. */
  refuse(error: RpcError, id: RequestId | null = null): void {
    if (this.#refusals.take()) this.#send(failure(id, error))
    else this.#server.logger.debug({ id: brief(id), err: loggable(error) }, 'Too many invalid messages: no response is sent to this one')
  }

  /** Must be called when the client can send no more messages. Handlers that wait for the client then get an error at once. */
  endInput(): void {
    this.#session.endInput()
  }

  /** Resolves when every request has its response. Requests that stay open until the shutdown, such as subscriptions, get it now. */
  drain(): Promise<void> {
    this.#server.changes.flush()
    this.#inflight.endAll()
    return this.#receiving.none()
  }

  /** Cancels the requests in flight. Nothing is sent after this call. */
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
    const bytes = memoryOfText(text)
    if (Array.isArray(read)) void this.#serveBatch(read, bytes)
    else this.#serveMessage(read, bytes)
  }

  #refuse(error: unknown): void {
    if (!(error instanceof InvalidMessageError)) this.refuse(toRpcError(error))
    else if (error.answerable) this.refuse(error, error.id)
    this.#receiving.end()
  }

  async #serveBatch(values: readonly unknown[], bytes: number): Promise<void> {
    try {
      const responses = await this.#session.receiveBatch(values, { auth: this.#auth, enter: this.#turn(bytes / values.length) })
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
      if (isRequest(message) && message.method === 'initialize') return this.#handleInitialize(message)
      const isPing = isRequest(message) && message.method === PING
      return this.#answer(this.#session.receive(message, isPing ? { auth: this.#auth } : { auth: this.#auth, enter }))
    }
    const serve = (exchange: Exchange): Awaitable<ResponseMessage> => serveRequest(this.#server, message, exchange, this.#auth, this.#session)
    if (message.method !== LISTEN) return this.#answer(this.#inflight.run(message.id, this.#send, serve, enter))
    if (this.#listening >= MAX_LISTENING) return this.#answered(failure(message.id, tooManyListening()))
    this.#listening++
    this.#answer(this.#inflight.run(message.id, this.#send, serve), (response) => this.#endListening(message, response))
  }

  /** Sends a response when it is available, or passes it to `use`. */
  #answer(response: Awaitable<ResponseMessage | undefined>, use = this.#answered): void {
    if (isLater(response)) void response.then(use)
    else use(response)
  }

  /** Holds back the messages after `initialize` until its response has been sent, so that none of them overtakes or cancels it. */
  #handleInitialize(message: RequestMessage): void {
    const held: string[] = (this.#held = [])
    this.#answer(this.#session.receive(message, { auth: this.#auth }), (response) => {
      this.#held = undefined
      this.#heldLength = 0
      this.#answered(response)
      for (const text of held) this.#take(text)
      for (const resume of this.#heldReaders.splice(0)) resume()
    })
  }

  /** Ends a subscription. If the server ends it, the client gets the result and then a cancellation notification, for which some clients wait. */
  #endListening({ id }: RequestMessage, response: ResponseMessage | undefined): void {
    this.#listening--
    this.#answered(response)
    if (response && !isFailure(response)) this.#send(notification('notifications/cancelled', { requestId: id }))
  }

  readonly #answered = (response: ResponseMessage | undefined): void => {
    if (response) this.#send(response)
    this.#receiving.end()
  }
}

const tooManyListening = (): RpcError =>
  new InvalidRequestError(`A connection can have at most ${MAX_LISTENING} open subscriptions: cancel one first`, { data: { reason: 'too_many_subscriptions' } })
