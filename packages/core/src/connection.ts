/** Both front doors on one duplex wire: standard streams, a socket, two ends in memory. */
import { toRpcError } from './jsonrpc/errors.ts'
import { Inflight } from './jsonrpc/inflight.ts'
import { failure, InvalidMessageError, isRequest, parseText, type Message, type ResponseMessage, type Send } from './jsonrpc/message.ts'
import { UnderWay } from './jsonrpc/under-way.ts'
import { isModern } from './protocol/revisions.ts'
import type { ServerDefinition } from './server/definition.ts'
import { Session } from './session.ts'
import { serveRequest } from './stateless.ts'

export class Connection {
  readonly #server: ServerDefinition
  readonly #send: Send
  readonly #inflight = new Inflight()
  /** Messages whose answer is not sent yet. */
  readonly #receiving = new UnderWay()
  readonly #session: Session
  /** The handshake being answered: what is sent right behind it must neither overtake its answer nor cancel it. */
  #handshake: Promise<void> | undefined
  #closed = false

  /** `send` is called with one message at a time, in the order in which they must reach the client. */
  constructor(server: ServerDefinition, send: Send) {
    this.#server = server
    this.#send = (message) => {
      if (!this.#closed) send(message)
    }
    this.#session = new Session(server, { send: this.#send, inflight: this.#inflight })
  }

  /** Serves the text of one message; requests run side by side. Never throws. Resolves once its answer, if any, is sent. */
  async receive(text: string): Promise<void> {
    this.#receiving.begin()
    if (this.#handshake) await this.#handshake
    await this.#serve(text)
    this.#receiving.end()
  }

  /** Resolves when every request is answered. */
  idle(): Promise<void> {
    return this.#receiving.none()
  }

  /** Cancels what is in flight; nothing is sent any more. */
  close(reason = 'The connection has ended'): void {
    this.#closed = true
    this.#session.close(reason)
  }

  async #serve(text: string): Promise<void> {
    let message: Message
    try {
      message = parseText(text)
    } catch (error) {
      if (!(error instanceof InvalidMessageError)) this.#send(failure(null, toRpcError(error)))
      else if (error.answerable) this.#send(failure(error.id, error))
      return
    }
    const sent = this.#answer(message).then((response) => void (response && this.#send(response)))
    if (isRequest(message) && message.method === 'initialize') this.#handshake = sent.then(() => void (this.#handshake = undefined))
    await sent
  }

  async #answer(message: Message): Promise<ResponseMessage | undefined> {
    if (!isRequest(message) || !isModern(message)) return this.#session.receive(message)
    return this.#inflight.run(message.id, this.#send, (exchange) => serveRequest(this.#server, message, exchange))
  }
}
