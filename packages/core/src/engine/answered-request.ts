/** A response with a result that remembers its request, so that a result that cannot be serialized as JSON is logged with the request. */
import type { Era } from '../eras/era.ts'
import type { RequestMessage, Result, SuccessMessage } from '../jsonrpc/message.ts'
import type { Context } from '../context/context.ts'

/** The request that a result belongs to. */
export interface Origin {
  readonly era: Era<never>
  readonly request: RequestMessage
  readonly ctx: Context<unknown>
}

/** The request is stored in private members, which JSON and copies leave out. A separate object per request would cost more. */
export class Answered implements SuccessMessage {
  readonly jsonrpc = '2.0'
  readonly id: SuccessMessage['id']
  readonly result: Result
  readonly #era: Era<never>
  readonly #request: RequestMessage
  readonly #ctx: Context<unknown>

  constructor(era: Era<never>, request: RequestMessage, ctx: Context<unknown>, result: Result) {
    this.id = request.id
    this.result = result
    this.#era = era
    this.#request = request
    this.#ctx = ctx
  }

  /** Returns the request of a response, or undefined if the message is not an instance of this class. */
  static originOf(message: object): Origin | undefined {
    return #ctx in message ? { era: message.#era, request: message.#request, ctx: message.#ctx } : undefined
  }
}
