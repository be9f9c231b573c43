/** Runs a user's handler, and finds out whether it ended or has asked something. */
import { follow, type Awaitable } from '../jsonrpc/awaitable.ts'
import { checkQuestions, isInputRequired } from './input.ts'
import type { Context } from './context.ts'

export function runHandler(ctx: Context<unknown>, handler: () => unknown): Awaitable<unknown> {
  ctx.exchange.begun = true
  return follow(
    handler,
    (returned) => unlessAsked(ctx, () => {
      if (isInputRequired(returned)) checkQuestions(returned, ctx.client.capabilities)
      return returned
    }),
    (error) => unlessAsked(ctx, () => {
      throw error
    }),
  )
}

/** While questions are open, how the handler ended does not count: a `catch` in it cannot eat a question. */
function unlessAsked(ctx: Context<unknown>, end: () => unknown): Awaitable<unknown> {
  const asked = ctx.questions()
  return asked ? asked.then((questions) => questions ?? end()) : end()
}
