/** A request whose result may be input requests: the client responds and repeats the request until it gets a final result. Specification 2026-07-28: multi round-trip requests. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkNumbers, TIMEOUT } from '../option-numbers.ts'
import type { ClientEra, Requester, SendRequestOptions } from './era.ts'
import { ClientError, excerpt } from './errors.ts'

const NUMBERS = { timeout: TIMEOUT, maxTimeout: TIMEOUT }

/** A server that repeats its requests without end is never satisfied. */
const MAX_IDLE_ROUNDS = 32
/** A server that always has another request would keep the client forever. */
const MAX_ROUNDS = 256

export async function inRounds(requester: Requester, era: ClientEra, method: string, params: Params, options: SendRequestOptions): Promise<Result> {
  checkNumbers(options, NUMBERS)
  let result = await requester.request(method, params, options)
  if (era.serverAsks) return result
  let last: string | undefined
  for (let round = 1, idle = 0; (result as Params).resultType === 'input_required'; round++) {
    const { requestState, inputRequests } = result as Params
    const asked = JSON.stringify(inputRequests)
    idle = asked === last || asked === undefined ? idle + 1 : 0
    last = asked
    if (idle > MAX_IDLE_ROUNDS) throw new ClientError('GANGWAY_E_RESULT', `${requester.name}: ${method} repeats the same input requests after ${MAX_IDLE_ROUNDS} rounds`)
    if (round > MAX_ROUNDS) throw new ClientError('GANGWAY_E_RESULT', `${requester.name}: ${method} still sends input requests after ${MAX_ROUNDS} rounds`)
    const inputResponses = await answers(requester, method, result, options.signal)
    // The state as it came, and no responses of earlier rounds.
    result = await requester.request(method, { ...params, ...(inputResponses && { inputResponses }), ...(requestState !== undefined && { requestState }) }, options)
  }
  return result
}

async function answers({ name, settings }: Requester, method: string, result: Result, signal: AbortSignal = new AbortController().signal): Promise<Params | undefined> {
  const { inputRequests } = result as Params
  if (inputRequests === undefined) return undefined
  const questions = isObject(inputRequests) ? Object.entries(inputRequests) : []
  const wrong = !isObject(inputRequests) || questions.some(([, question]) => !isObject(question) || typeof question.method !== 'string')
  if (wrong) throw new ClientError('GANGWAY_E_RESULT', `${name}: ${method} returned an invalid "inputRequests": ${excerpt(JSON.stringify(result))}`)
  const given = questions.map(async ([key, question]) => {
    const { method: kind, params } = question as { method: string; params?: unknown }
    return [key, await settings.answer(kind, isObject(params) ? params : {}, { signal })] as const
  })
  return Object.fromEntries(await Promise.all(given))
}
