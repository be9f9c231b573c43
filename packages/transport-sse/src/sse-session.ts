/** One client of the HTTP+SSE transport: a session and its event stream, which end together. */
import type { AuthInfo, ServerDefinition } from '@gangway/core'
import { encodeMessage, isModern, principalOf, Session, failure, isFailure, isRequest, MethodNotFoundError, WaitGroup, shorten, type Outgoing, type ReceiveOptions, type Awaitable, type Message, type ResponseMessage } from '@gangway/core/internal'
import { EventStream, type EventStreamOptions, type Shared } from '@gangway/core/internal/http'

export class SseSession implements Shared {
  /** Part of the URL that the client posts to, so it must not be guessable. */
  readonly id: string = crypto.randomUUID()
  /** The principal that the session belongs to; undefined for anonymous callers. */
  readonly principal: string | undefined
  readonly stream: EventStream
  readonly session: Session
  /** Messages whose response has not been written to the stream yet. */
  readonly answering: WaitGroup = new WaitGroup()
  readonly #server: ServerDefinition

  constructor(server: ServerDefinition, auth: AuthInfo | undefined, stream: EventStreamOptions) {
    this.#server = server
    this.principal = principalOf(auth)
    this.stream = new EventStream({ ...stream, expiresAt: auth?.expiresAt })
    this.session = new Session(server, { id: this.id, send: (message) => this.#send(message) })
  }

  /** Whether messages are being handled. The stream is always open, so it does not count. */
  get busy(): boolean {
    return this.answering.count > 0
  }

  onceIdle(listener: () => void): void {
    void this.answering.none().then(() => (this.busy ? this.onceIdle(listener) : listener()))
  }

  /** Writes the response to the stream. The token may differ from the one that opened the stream, as long as the principal is the same. */
  receive(message: Message, options: ReceiveOptions): Promise<void> {
    return this.#deliver(this.#answer(message, options))
  }

  /** Writes the responses to the stream as one array. Rejects if the batch itself is invalid. */
  receiveBatch(values: readonly unknown[], options: ReceiveOptions): Promise<void> {
    return this.#deliver(this.session.receiveBatch(values, options).then((answers) => (answers.length > 0 ? answers : undefined)))
  }

  async #deliver(answer: Awaitable<Outgoing | undefined>): Promise<void> {
    this.answering.begin()
    const outgoing = await answer
    if (outgoing) this.#send(outgoing)
    this.answering.end()
  }

  #answer(message: Message, options: ReceiveOptions): Awaitable<ResponseMessage | undefined> {
    // This transport has no modern era. With this error, a client that speaks both eras falls back to the handshake.
    if (isRequest(message) && isModern(message)) return failure(message.id, new MethodNotFoundError(message.method))
    const answer = this.session.receive(message, options)
    return isRequest(message) && message.method === 'initialize' ? Promise.resolve(answer).then((response) => this.#opened(response)) : answer
  }

  #opened(response: ResponseMessage | undefined): ResponseMessage | undefined {
    if (response && !isFailure(response)) this.#warn()
    return response
  }

  #send(outgoing: Outgoing): void {
    this.stream.send({ data: encodeMessage(this.#server, outgoing) })
  }

  /** Logs each client name once, to show which clients still use this transport. Clients choose their names, so at most 100 are logged. */
  #warn(): void {
    const { client: { info } = {}, revision } = this.session.record ?? {}
    const client = { name: shorten(String(info?.name)), version: shorten(String(info?.version)) }
    const names = warned.get(this.#server) ?? new Set<string>()
    warned.set(this.#server, names)
    if (names.has(client.name) || names.size >= MAX_WARNED) return
    names.add(client.name)
    this.#server.logger.warn({ client, revision }, 'A client connected over HTTP+SSE, which is deprecated since 2025-03-26. Configure it for Streamable HTTP')
  }
}

const MAX_WARNED = 100

/** Client names that have been logged, by server. */
const warned = new WeakMap<ServerDefinition, Set<string>>()
