/** The clients of one endpoint pair: each a session with its event stream, which lives as long as the stream. */
import { encodeMessage, isModern, Session, type Outgoing, type ServerDefinition } from '@gangway/core'
import { atMost, failure, isRequest, MethodNotFoundError, type Message, type ResponseMessage, UnderWay } from '@gangway/core/jsonrpc'
import { EventStream } from '@gangway/core/web'

export class SseSession {
  /** In the address that the client posts to, so it must not be guessable. */
  readonly id: string = crypto.randomUUID()
  readonly stream: EventStream = new EventStream()
  readonly session: Session
  /** Messages whose answer is not on the stream yet. */
  readonly answering: UnderWay = new UnderWay()
  readonly #server: ServerDefinition

  constructor(server: ServerDefinition) {
    this.#server = server
    this.session = new Session(server, { send: (message) => this.#send(message) })
  }

  /** The answer comes on the stream. */
  receive(message: Message): Promise<void> {
    return this.#deliver(this.#answer(message))
  }

  /** The answers come on the stream, as one list. Throws what is wrong with the batch as a whole. */
  receiveBatch(values: readonly unknown[]): Promise<void> {
    return this.#deliver(this.session.receiveBatch(values).then((answers) => (answers.length > 0 ? answers : undefined)))
  }

  async #deliver(answer: Outgoing | undefined | Promise<Outgoing | undefined>): Promise<void> {
    this.answering.begin()
    const outgoing = await answer
    if (outgoing) this.#send(outgoing)
    this.answering.end()
  }

  #answer(message: Message): Promise<ResponseMessage | undefined> | ResponseMessage {
    // The stateless era does not exist here; so told, a client that speaks both falls back to the handshake.
    if (isRequest(message) && isModern(message)) return failure(message.id, new MethodNotFoundError(message.method))
    return this.session.receive(message)
  }

  #send(outgoing: Outgoing): void {
    this.stream.send({ data: encodeMessage(this.#server, outgoing) })
  }
}

export class SseSessions {
  readonly #server: ServerDefinition
  readonly #sessions = new Map<string, SseSession>()

  constructor(server: ServerDefinition) {
    this.#server = server
  }

  open(): SseSession {
    const session = new SseSession(this.#server)
    this.#sessions.set(session.id, session)
    session.stream.onCancel(() => this.#end(session)) // To leave is to end the session.
    return session
  }

  get(id: string): SseSession | undefined {
    return this.#sessions.get(id)
  }

  /** Resolves when all calls have finished, or the drain time, in milliseconds, is over and they are aborted. */
  async close(drain: number): Promise<void> {
    await atMost(drain, Promise.all([...this.#sessions.values()].map((session) => session.answering.none())))
    this.abort()
  }

  /** Ends everything at once. */
  abort(): void {
    for (const session of [...this.#sessions.values()]) this.#end(session)
  }

  #end(session: SseSession): void {
    this.#sessions.delete(session.id)
    session.session.close()
    session.stream.end()
  }
}
