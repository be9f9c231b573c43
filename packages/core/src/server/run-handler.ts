/** Runs a user's handler, and finds out whether it finished or waits for input from the client. */
import { follow, type Awaitable } from '../jsonrpc/awaitable.ts'
import { checkQuestions, isInputRequired } from './input.ts'
import { spreadable, type Context, type RequestContext } from './context.ts'
import { sendReturned } from './replay.ts'
import type { InputRequiredResult } from '../protocol/types/input.ts'

export function runHandler(ctx: Context<unknown>, handler: (own: RequestContext) => unknown): Awaitable<unknown> {
  ctx.exchange.begun = true
  return follow(
    () => handler(spreadable(ctx)),
    (returned) => unlessAsked(ctx, () => (isInputRequired(returned) ? send(ctx, returned) : returned)),
    (error) => unlessAsked(ctx, () => {
      throw error
    }),
  )
}

/** While input requests are open, it does not matter how the handler ended: a `catch` in it cannot swallow them. */
function unlessAsked(ctx: Context<unknown>, end: () => unknown): Awaitable<unknown> {
  const asked = ctx.questions()
  return asked ? asked.then((questions) => questions ?? end()) : end()
}

async function send(ctx: Context<unknown>, result: InputRequiredResult): Promise<InputRequiredResult> {
  checkQuestions(result, ctx.client.capabilities)
  const inputRequests = await sendReturned(ctx.memory, result.inputRequests ?? {})
  return { ...result, ...(result.inputRequests && { inputRequests }) }
}
