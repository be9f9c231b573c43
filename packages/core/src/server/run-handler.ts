/** Runs a user's handler, and finds out whether it ended or has asked something. */
import { checkQuestions, isInputRequired } from './input.ts'
import type { Context } from './context.ts'

/** While questions are open, how the handler ended does not count: a `catch` in it cannot eat a question. */
export async function runHandler(ctx: Context<unknown>, handler: () => unknown): Promise<unknown> {
  let returned: unknown
  ctx.exchange.begun = true
  try {
    returned = await handler()
  } catch (error) {
    const questions = await ctx.questions()
    if (questions) return questions
    throw error
  }
  const asked = ctx.questions()
  const questions = asked && (await asked)
  if (questions) return questions
  if (isInputRequired(returned)) checkQuestions(returned, ctx.client.capabilities)
  return returned
}
