/** A request whose result may be a question: it is answered, and the request made again, until there is a result. Specification 2026-07-28: multi round-trip requests. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkNumbers, TIMEOUT } from '../option-numbers.ts'
import type { ClientEra, Requester, SendRequestOptions } from './era.ts'
import { ClientError, excerpt } from './errors.ts'

const NUMBERS = { timeout: TIMEOUT, maxTimeout: TIMEOUT }

/** A server that is never content with the answers would ask for ever. */
const MAX_ROUNDS = 32

export async function inRounds(requester: Requester, era: ClientEra, method: string, params: Params, options: SendRequestOptions): Promise<Result> {
  checkNumbers(options, NUMBERS)
  let result = await requester.request(method, params, options)
  if (era.serverAsks) return result
  for (let round = 0; (result as Params).resultType === 'input_required'; round++) {
    if (round === MAX_ROUNDS) throw new ClientError('GANGWAY_E_RESULT', `${requester.name}: ${method} still has questions after ${MAX_ROUNDS} rounds`)
    const { requestState } = result as Params
    const inputResponses = await answers(requester, method, result, options.signal)
    // As it came, and nothing of rounds before.
    result = await requester.request(method, { ...params, ...(inputResponses && { inputResponses }), ...(requestState !== undefined && { requestState }) }, options)
  }
  return result
}

async function answers({ name, settings }: Requester, method: string, result: Result, signal: AbortSignal = new AbortController().signal): Promise<Params | undefined> {
  const { inputRequests } = result as Params
  if (inputRequests === undefined) return undefined
  const questions = isObject(inputRequests) ? Object.entries(inputRequests) : []
  const wrong = !isObject(inputRequests) || questions.some(([, question]) => !isObject(question) || typeof question.method !== 'string')
  if (wrong) throw new ClientError('GANGWAY_E_RESULT', `${name} answered ${method} with what are no questions: ${excerpt(JSON.stringify(result))}`)
  const given = questions.map(async ([key, question]) => {
    const { method: kind, params } = question as { method: string; params?: unknown }
    return [key, await settings.answer(kind, isObject(params) ? params : {}, { signal })] as const
  })
  return Object.fromEntries(await Promise.all(given))
}
