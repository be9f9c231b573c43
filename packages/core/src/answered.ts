/** The response with a result, which remembers its request: JSON may turn out to be unable to carry the result, and then the log must say whose it was. */
import type { Era } from './eras/era.ts'
import type { RequestMessage, Result, SuccessMessage } from './jsonrpc/message.ts'
import type { Context } from './server/context.ts'

/** The request that a result belongs to. */
export interface Origin {
  readonly era: Era<never>
  readonly request: RequestMessage
  readonly ctx: Context<unknown>
}

/** Private members, so that neither JSON nor a copy has them, and no second object per request. */
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

  /** Undefined for a message that was made otherwise. */
  static originOf(message: object): Origin | undefined {
    return #ctx in message ? { era: message.#era, request: message.#request, ctx: message.#ctx } : undefined
  }
}
