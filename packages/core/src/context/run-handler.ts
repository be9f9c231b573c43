/** Runs an author's handler and determines whether it finished or needs input from the client. */
import { chain, type Awaitable } from '../util/awaitable.ts'
import { checkInputRequests, isInputRequired } from './input-requests.ts'
import { spreadable, type Context, type RequestContext } from './context.ts'
import { sendReturned } from './replay-state.ts'
import type { InputRequiredResult } from '../protocol/types/input-types.ts'

export function runHandler(ctx: Context<unknown>, handler: (own: RequestContext) => unknown): Awaitable<unknown> {
  ctx.exchange.begun = true
  return chain(
    () => handler(spreadable(ctx)),
    (returned) => unlessAsked(ctx, () => (isInputRequired(returned) ? send(ctx, returned) : returned)),
    (error) => unlessAsked(ctx, () => {
      throw error
    }),
  )
}

/** While input requests are open, the outcome of the handler is discarded. A `catch` block in the handler therefore cannot swallow them. */
function unlessAsked(ctx: Context<unknown>, end: () => unknown): Awaitable<unknown> {
  const asked = ctx.questions()
  return asked ? asked.then((questions) => questions ?? end()) : end()
}

async function send(ctx: Context<unknown>, result: InputRequiredResult): Promise<InputRequiredResult> {
  checkInputRequests(result, ctx.client.capabilities)
  const inputRequests = await sendReturned(ctx.replayState, result.inputRequests ?? {})
  return { ...result, ...(result.inputRequests && { inputRequests }) }
}
