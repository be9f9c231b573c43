/** One client of the legacy transport: a session with its event stream, which lives as long as the stream. */
import { encodeMessage, isModern, principalOf, Session, type AuthInfo, type Outgoing, type ServerDefinition } from '@gangway/core'
import { failure, isFailure, isRequest, MethodNotFoundError, UnderWay, type Message, type ResponseMessage } from '@gangway/core/jsonrpc'
import { EventStream, shorten, type EventStreamOptions, type Shared } from '@gangway/core/web'

export class SseSession implements Shared {
  /** In the address that the client posts to, so it must not be guessable. */
  readonly id: string = crypto.randomUUID()
  /** Whom it belongs to. */
  readonly principal: string | undefined
  readonly stream: EventStream
  readonly session: Session
  /** Messages whose answer is not on the stream yet. */
  readonly answering: UnderWay = new UnderWay()
  readonly #server: ServerDefinition

  constructor(server: ServerDefinition, auth: AuthInfo | undefined, stream: EventStreamOptions) {
    this.#server = server
    this.principal = principalOf(auth)
    this.stream = new EventStream({ ...stream, expiresAt: auth?.expiresAt })
    this.session = new Session(server, { id: this.id, send: (message) => this.#send(message) })
  }

  /** Its stream is always open, so that alone does not count. */
  get busy(): boolean {
    return this.answering.count > 0
  }

  onceIdle(listener: () => void): void {
    void this.answering.none().then(() => (this.busy ? this.onceIdle(listener) : listener()))
  }

  /** The answer comes on the stream. The same principal may come with another token than that which the stream was opened with. */
  receive(message: Message, auth: AuthInfo | undefined): Promise<void> {
    return this.#deliver(this.#answer(message, auth))
  }

  /** The answers come on the stream, as one list. Throws what is wrong with the batch as a whole. */
  receiveBatch(values: readonly unknown[], auth: AuthInfo | undefined): Promise<void> {
    return this.#deliver(this.session.receiveBatch(values, { auth }).then((answers) => (answers.length > 0 ? answers : undefined)))
  }

  async #deliver(answer: Outgoing | undefined | Promise<Outgoing | undefined>): Promise<void> {
    this.answering.begin()
    const outgoing = await answer
    if (outgoing) this.#send(outgoing)
    this.answering.end()
  }

  #answer(message: Message, auth: AuthInfo | undefined): Promise<ResponseMessage | undefined> | ResponseMessage {
    // The stateless era does not exist here; so told, a client that speaks both falls back to the handshake.
    if (isRequest(message) && isModern(message)) return failure(message.id, new MethodNotFoundError(message.method))
    const answer = this.session.receive(message, { auth })
    if (isRequest(message) && message.method === 'initialize') void answer.then((response) => response && !isFailure(response) && this.#warn())
    return answer
  }

  #send(outgoing: Outgoing): void {
    this.stream.send({ data: encodeMessage(this.#server, outgoing) })
  }

  /** Once for each client name, so that the log shows which clients still have to move; clients choose their names, so at most for 100. */
  #warn(): void {
    const { client: { info } = {}, revision } = this.session.record ?? {}
    const client = { name: shorten(String(info?.name)), version: shorten(String(info?.version)) }
    const names = warned.get(this.#server) ?? new Set<string>()
    warned.set(this.#server, names)
    if (names.has(client.name) || names.size >= MAX_WARNED) return
    names.add(client.name)
    this.#server.logger.warn({ client, revision }, 'A client connected over HTTP+SSE, which is deprecated since 2025-03-26: configure it for Streamable HTTP')
  }
}

const MAX_WARNED = 100

/** By server, the names of the clients that the log has mentioned. */
const warned = new WeakMap<ServerDefinition, Set<string>>()
