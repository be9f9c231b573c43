/** Both front doors on one duplex wire: standard streams, a socket, two ends in memory. */
import type { Outgoing } from './encode.ts'
import { toRpcError } from './jsonrpc/errors.ts'
import { Inflight } from './jsonrpc/inflight.ts'
import { failure, InvalidMessageError, isFailure, isRequest, notification, parseJson, parseMessage, type Message } from './jsonrpc/message.ts'
import { UnderWay } from './jsonrpc/under-way.ts'
import { isModern } from './protocol/revisions.ts'
import type { AuthInfo } from './protocol/types/base.ts'
import type { ServerDefinition } from './server/definition.ts'
import { Session } from './session.ts'
import { serveRequest } from './stateless.ts'

export interface ConnectionOptions {
  /** Who the one client on this wire is, where that is known. */
  readonly auth?: AuthInfo | undefined
}

export class Connection {
  readonly #server: ServerDefinition
  readonly #auth: AuthInfo | undefined
  readonly #send: (outgoing: Outgoing) => void
  readonly #inflight = new Inflight()
  /** Messages whose answer is not sent yet. */
  readonly #receiving = new UnderWay()
  readonly #session: Session
  /** The handshake being answered: what is sent right behind it must neither overtake its answer nor cancel it. */
  #handshake: Promise<void> | undefined
  #closed = false

  /** `send` is called with one message at a time, in the order in which they must reach the client. */
  constructor(server: ServerDefinition, send: (outgoing: Outgoing) => void, { auth }: ConnectionOptions = {}) {
    this.#server = server
    this.#auth = auth
    this.#send = (outgoing) => {
      if (!this.#closed) send(outgoing)
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

  /** Resolves when every request is answered; those that wait for the end of the server are, now. */
  drain(): Promise<void> {
    this.#inflight.endAll()
    return this.#receiving.none()
  }

  /** Cancels what is in flight; nothing is sent any more. */
  close(reason = 'The connection has ended'): void {
    this.#closed = true
    this.#session.close(reason)
  }

  async #serve(text: string): Promise<void> {
    try {
      const value = parseJson(text)
      if (!Array.isArray(value)) return await this.#serveMessage(parseMessage(value))
      const responses = await this.#session.receiveBatch(value, { auth: this.#auth })
      if (responses.length > 0) this.#send(responses)
    } catch (error) {
      if (!(error instanceof InvalidMessageError)) this.#send(failure(null, toRpcError(error)))
      else if (error.answerable) this.#send(failure(error.id, error))
    }
  }

  async #serveMessage(message: Message): Promise<void> {
    const sent = this.#answer(message)
    if (isRequest(message) && message.method === 'initialize') this.#handshake = sent.then(() => void (this.#handshake = undefined))
    await sent
  }

  async #answer(message: Message): Promise<void> {
    const isModernRequest = isRequest(message) && isModern(message)
    const response = isModernRequest
      ? await this.#inflight.run(message.id, this.#send, (exchange) => serveRequest(this.#server, message, exchange, this.#auth)) //
      : await this.#session.receive(message, { auth: this.#auth })
    if (!response) return
    this.#send(response)
    // On a shared wire, a subscription that the server ends has its result and, for clients that wait for that, a cancellation.
    if (isModernRequest && message.method === 'subscriptions/listen' && !isFailure(response)) this.#send(notification('notifications/cancelled', { requestId: message.id }))
  }
}
