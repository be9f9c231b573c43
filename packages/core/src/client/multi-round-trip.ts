/** Multi round-trip requests: responds to the input requests in a result, and repeats the request until the result is final. Specification 2026-07-28. */
import { isObject } from '../util/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkNumbers, TIMEOUT } from '../util/check-numbers.ts'
import type { ClientEra, Requester, SendRequestOptions } from './client-era.ts'
import { ClientError, excerpt } from './client-errors.ts'

const NUMBERS = { timeout: TIMEOUT, totalTimeout: TIMEOUT }

/** Maximum consecutive rounds in which the server repeats the same input requests, or sends none. */
const MAX_IDLE_ROUNDS = 32
/** Maximum total rounds, for a server that keeps sending new input requests. */
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
    // Return the state unchanged, and only the responses of this round.
    result = await requester.request(method, { ...params, ...(inputResponses && { inputResponses }), ...(requestState !== undefined && { requestState }) }, options)
  }
  return result
}

async function answers({ name, settings }: Requester, method: string, result: Result, signal: AbortSignal = new AbortController().signal): Promise<Params | undefined> {
  const { inputRequests } = result as Params
  if (inputRequests === undefined) return undefined
  const questions = isObject(inputRequests) ? Object.entries(inputRequests) : []
  const wrong = !isObject(inputRequests) || questions.some(([, inputRequest]) => !isObject(inputRequest) || typeof inputRequest.method !== 'string')
  if (wrong) throw new ClientError('GANGWAY_E_RESULT', `${name}: ${method} returned an invalid "inputRequests": ${excerpt(JSON.stringify(result))}`)
  const given = questions.map(async ([key, inputRequest]) => {
    const { method: kind, params } = inputRequest as { method: string; params?: unknown }
    return [key, await settings.answer(kind, isObject(params) ? params : {}, { signal })] as const
  })
  return Object.fromEntries(await Promise.all(given))
}
