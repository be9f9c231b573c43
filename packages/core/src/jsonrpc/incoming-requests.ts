/** The requests in flight of one connection, by id, so that they can be canceled. Each has an `Exchange`, in which response and cancellation race. */
import type { Turn, Enter } from '../util/concurrency-limiter.ts'
import { type RpcError, InvalidRequestError } from './rpc-errors.ts'
import { runAll } from '../util/run-all.ts'
import { failure, type FailureMessage, type Message, type RequestId, type Send, type ResponseMessage } from './message.ts'
import { isLater, type Awaitable } from '../util/awaitable.ts'
import { WaitGroup } from '../util/wait-group.ts'

export class Exchange {
  readonly #send: Send
  readonly #onOver: ((failed: FailureMessage | undefined, exchange: Exchange) => void) | undefined
  #onEnd: (() => void)[] | undefined
  #controller: AbortController | undefined
  #state: 'open' | 'settled' | 'cancelled' = 'open'
  #reason: unknown

  /**
   * `send` sends the messages that belong to the request and precede its response. `onOver` runs once if the handler's outcome will not be the response:
   * with undefined if the request is canceled, with an error response if it failed.
   */
  constructor(send: Send, onOver?: (failed: FailureMessage | undefined, exchange: Exchange) => void) {
    this.#send = send
    this.#onOver = onOver
  }

  /** Aborts when the request is canceled or fails outside of its handler. Created on first use, because most handlers do not use it. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** The place of this request in the concurrency limiter. Undefined until the request has been admitted or queued. */
  turn: Turn | undefined

  /** Whether the handler has started. An error before that rejects the request; a later error is the response to it. */
  begun = false

  get cancelled(): boolean {
    return this.#state === 'cancelled'
  }

  /** Whether the handler's outcome is ignored, because the request was canceled or failed outside of its handler. */
  get abandoned(): boolean {
    return this.#reason !== undefined
  }

  /** Sends a message that belongs to this request. It is dropped if the request has been settled. */
  send(message: Message): void {
    if (this.#state === 'open') this.#send(message)
  }

  /** Sends a message even if the request has been settled. Needed to cancel the requests that its handler sent to the client. */
  sendAnyway(message: Message): void {
    this.#send(message)
  }

  /** Adds a listener that runs when the request is canceled or `end()` is called. Requests that run until then, such as subscriptions, use it. */
  onEnd(listener: () => void): void {
    if (this.#state === 'open') (this.#onEnd ??= []).push(listener)
    else listener()
  }

  /** Asks a long-running request, such as a subscription, to respond now. Requests without an `onEnd` listener are not affected. */
  end(): void {
    if (this.#onEnd) runAll(this.#onEnd.splice(0))
  }

  /** Claims the right to send the response. Returns false if the request was canceled or already has a response. */
  settle(): boolean {
    if (this.#state !== 'open') return false
    this.#state = 'settled'
    return true
  }

  cancel(reason: string): void {
    if (this.#state === 'open') this.#giveUp('cancelled', new DOMException(reason, 'AbortError'))
  }

  /** Responds with an error in place of the handler, when work that the handler started has failed outside of its promise. */
  fail(error: RpcError, id: RequestId): void {
    if (this.#state === 'open') this.#giveUp('settled', error, failure(id, error))
  }

  #giveUp(state: 'settled' | 'cancelled', reason: unknown, failed?: FailureMessage): void {
    this.#state = state
    this.#reason = reason
    this.#controller?.abort(reason)
    try {
      this.end()
    } finally {
      this.#onOver?.(failed, this)
    }
  }
}

/** Handles a request. Must neither throw nor reject. */
type Serve = (exchange: Exchange) => Awaitable<ResponseMessage>

/** Handlers of canceled requests that may continue without occupying a place. A handler that never settles must not block the server. */
const MAX_ABANDONED = 256

/** A request in flight. A class is cheaper than a closure for each of these steps. */
class IncomingRequest extends Exchange {
  readonly id: RequestId
  /** Whether the request has a response or was canceled. */
  isOver = false
  /** Whether the handler has started and not settled. */
  isRunning = false
  holdsPlace = false
  response: ResponseMessage | undefined
  #resolve: ((response: ResponseMessage | undefined) => void) | undefined

  constructor(id: RequestId, send: Send, onOver: (failed: ResponseMessage | undefined, exchange: Exchange) => void) {
    super(send, onOver)
    this.id = id
  }

  /** The response, or a promise of it. Undefined if the request was canceled. */
  outcome(): Awaitable<ResponseMessage | undefined> {
    return this.isOver ? this.response : new Promise((resolve) => (this.#resolve = resolve))
  }

  finish(response: ResponseMessage | undefined): void {
    this.response = response
    this.#resolve?.(response)
  }
}

export class IncomingRequests {
  readonly #exchanges = new Map<RequestId, IncomingRequest>()
  readonly #running = new WaitGroup()
  /** Number of canceled requests whose handlers have not settled. */
  #abandoned = 0
  /** How many of them still occupy their places. */
  #held = 0

  get size(): number {
    return this.#exchanges.size
  }

  /** Occupied places: requests in flight, and canceled requests that keep their places because too many abandoned handlers still run. */
  get places(): number {
    return this.#exchanges.size + this.#held
  }

  /**
   * Serves a request. Returns the response, or a promise of it if the request must wait or its handler is asynchronous.
   * It is undefined when the request is canceled, even if its handler continues.
   * `enter` may delay the request; a request that is canceled before it starts is never served.
   * A canceled request frees its place at once, unless 256 handlers of canceled requests still run: then it keeps the place until its handler settles.
   * Its memory stays reserved until the handler settles in any case.
   */
  run(id: RequestId, send: Send, serve: Serve, enter?: Enter): Awaitable<ResponseMessage | undefined> {
    if (this.#exchanges.has(id)) return failure(id, new InvalidRequestError(`Request id ${JSON.stringify(id)} is still in use`))
    const request = new IncomingRequest(id, send, this.#givenUp)
    this.#exchanges.set(id, request)
    this.#running.begin()
    request.turn = enter?.(() => this.#serve(request, serve))
    if (!request.turn?.waits) this.#serve(request, serve)
    return request.outcome()
  }

  #serve(request: IncomingRequest, serve: Serve): void {
    const response = serve(request)
    if (!isLater(response)) return this.#answer(request, response)
    if (request.isOver) return // A handler that canceled its own request is no longer treated as running.
    request.isRunning = true
    void response.then((settled) => this.#settled(request, settled))
  }

  #settled(request: IncomingRequest, response: ResponseMessage): void {
    request.isRunning = false
    if (!request.isOver) return this.#answer(request, response)
    this.#abandoned--
    if (request.holdsPlace) {
      this.#held--
      request.turn?.leave()
    }
    request.turn?.release?.()
  }

  #answer(request: IncomingRequest, response: ResponseMessage): void {
    if (request.settle()) this.#end(request, response)
  }

  readonly #givenUp = (failed: ResponseMessage | undefined, exchange: Exchange): void => {
    if (exchange instanceof IncomingRequest) this.#end(exchange, failed)
  }

  #end(request: IncomingRequest, response: ResponseMessage | undefined): void {
    request.isOver = true
    this.#exchanges.delete(request.id)
    if (request.isRunning) {
      request.holdsPlace = this.#abandoned >= MAX_ABANDONED
      this.#abandoned++
      if (request.holdsPlace) this.#held++
    }
    if (!request.holdsPlace) request.turn?.leave()
    if (!request.isRunning) request.turn?.release?.()
    request.finish(response)
    this.#running.end()
  }

  has(id: unknown): boolean {
    return this.#exchanges.has(id as RequestId)
  }

  /** Cancels a request. An unknown id is ignored, because the response may have been sent before the cancellation arrived. */
  cancel(id: unknown, reason: string): void {
    this.#exchanges.get(id as RequestId)?.cancel(reason)
  }

  cancelAll(reason: string): void {
    runAll([...this.#exchanges.values()].map((exchange) => () => exchange.cancel(reason)))
  }

  /** Asks long-running requests, such as subscriptions, to respond now. */
  endAll(): void {
    runAll([...this.#exchanges.values()].map((exchange) => () => exchange.end()))
  }

  /** Resolves when no request is in flight. */
  idle(): Promise<void> {
    return this.#running.none()
  }
}
