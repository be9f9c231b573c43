/** Both front doors on one duplex wire: standard streams, a socket, two ends in memory. */
import { toRpcError } from './jsonrpc/errors.ts'
import { Inflight } from './jsonrpc/inflight.ts'
import { failure, InvalidMessageError, isFailure, isRequest, notification, parseJson, parseMessage, type Message, type RequestMessage, type ResponseMessage } from './jsonrpc/message.ts'
import { UnderWay } from './jsonrpc/under-way.ts'
import { isModern } from './protocol/revisions.ts'
import type { ServerDefinition } from './server/definition.ts'
import { Session } from './session.ts'
import { serveRequest } from './stateless.ts'

/** A message, or the answers to a batch. */
export type Outgoing = Message | readonly ResponseMessage[]

export class Connection {
  readonly #server: ServerDefinition
  readonly #send: (outgoing: Outgoing) => void
  readonly #inflight = new Inflight()
  /** Messages whose answer is not sent yet. */
  readonly #receiving = new UnderWay()
  readonly #session: Session
  #closed = false

  /** `send` is called with one message at a time, in the order in which they must reach the client. */
  constructor(server: ServerDefinition, send: (outgoing: Outgoing) => void) {
    this.#server = server
    this.#send = (outgoing) => {
      if (!this.#closed) send(outgoing)
    }
    this.#session = new Session(server, { send: this.#send, inflight: this.#inflight })
  }

  /** Serves the text of one message; requests run side by side. Never throws. Resolves once its answer, if any, is sent. */
  async receive(text: string): Promise<void> {
    this.#receiving.begin()
    for (const message of await this.#answer(text)) this.#send(message)
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

  async #answer(text: string): Promise<Outgoing[]> {
    try {
      const value = parseJson(text)
      if (!Array.isArray(value)) return await this.#answerMessage(parseMessage(value))
      const responses = await this.#session.receiveBatch(value)
      return responses.length > 0 ? [responses] : []
    } catch (error) {
      if (!(error instanceof InvalidMessageError)) return [failure(null, toRpcError(error))]
      return error.answerable ? [failure(error.id, error)] : []
    }
  }

  async #answerMessage(message: Message): Promise<Outgoing[]> {
    if (isRequest(message) && isModern(message)) return this.#answerModern(message)
    const response = await this.#session.receive(message)
    return response ? [response] : []
  }

  async #answerModern(request: RequestMessage): Promise<Outgoing[]> {
    const response = await this.#inflight.run(request.id, this.#send, (exchange) => serveRequest(this.#server, request, exchange))
    if (!response) return []
    if (request.method !== 'subscriptions/listen' || isFailure(response)) return [response]
    // A subscription that the server ends has its result and, for clients that wait for that on a shared wire, a cancellation.
    return [response, notification('notifications/cancelled', { requestId: request.id })]
  }
}
