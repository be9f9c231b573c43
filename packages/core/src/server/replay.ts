/** What one run of a handler leaves to the next: input requests with the client's responses, and the values of finished steps. */
import { GangwayError } from '../gangway-error.ts'
import { InternalError, InvalidParamsError, InvalidRequestError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { InputRequest, InputRequests, InputRequiredResult } from '../protocol/types/input.ts'
import { toBase64 } from './base64.ts'

/** An input request that was sent to the client. */
export interface SentRequest {
  /** Its key in `inputRequests`, unique among the requests of one call. */
  readonly name: string
  /** The key that the handler gave. Absent in the visible form, where the handler chooses `name` itself. */
  readonly key?: string
  /** Stands for everything that the client was shown: a response counts for a request with the same digest only. */
  readonly digest: string
  /** Absent while the client has not responded. An error, in the legacy era, if the client refused. */
  response?: unknown
  /** A run has used the response. */
  used?: boolean
  /** Set when a run asked something else under the same key and left this response unused. Counts those runs, by key, from 1. */
  superseded?: number
}

/** The session holds it in the legacy era; in the modern era it travels, sealed, with the client. */
export interface Memory {
  sent: SentRequest[]
  /** By the key of the step. */
  steps: Record<string, { value?: unknown }>
  /** What the handler itself passed on with `inputRequired()`. */
  state?: string
  /** Runs that ended with input requests. */
  rounds: number
  /** How many of them, counted from the last, brought no new response that fits. */
  idleRounds: number
  /** Characters of JSON that the client has responded with. */
  received: number
}

export const emptyMemory = (): Memory => ({ sent: [], steps: {}, rounds: 0, idleRounds: 0, received: 0 })

/** A client that never gives a response that fits would be asked forever. */
const MAX_IDLE_ROUNDS = 10
/** A handler that always has another request would run forever. */
const MAX_ROUNDS = 256
/** Further requests wait for the next round. */
const MAX_REQUESTS_PER_ROUND = 64
/** How often a request whose text changes from run to run is sent again. */
const MAX_RESENT = 2
/** Characters of JSON. The modern era has a smaller bound, that of the sealed state. */
const MAX_RECEIVED = 16 * 1024 * 1024

/** A request that a handler makes during one run. */
export interface Asked {
  readonly key: string
  readonly request: InputRequest
  readonly digest: string
  /** Where the handler made the request. */
  readonly unanswered?: Error
}

/** The digest must withstand an attacker who chooses parts of a message, so it is SHA-256. */
export async function digestOf(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** Records the requests that a run left unanswered, and returns those of the next round. Throws `GANGWAY_E_INPUT_CHANGED` for a key whose text is never the same twice. */
export function sendAsked(memory: Memory, asked: readonly Asked[]): InputRequests {
  const current = new Set(asked.map(({ digest }) => digest))
  const open = asked.filter(({ unanswered }) => unanswered)
  const known = new Map(memory.sent.map((sent) => [sent.digest, sent]))
  for (const changed of firstOfEachKey(open.filter(({ digest }) => !known.has(digest)))) noteChange(memory, changed, current)
  memory.sent = memory.sent.filter((sent) => ('response' in sent && sent.digest !== NOT_SHOWN) || current.has(sent.digest))
  const names = new Set(memory.sent.map(({ name }) => name))
  const round = new Map<string, InputRequest>()
  for (const { key, request, digest } of open) {
    if (round.size === MAX_REQUESTS_PER_ROUND) break
    const sent = known.get(digest) ?? { name: freeName(key, names), key, digest }
    if (known.has(digest)) delete sent.response // It did not fit.
    else memory.sent.push(sent)
    known.set(digest, sent)
    names.add(sent.name)
    round.set(sent.name, request)
  }
  return Object.fromEntries(round)
}

/** Records the requests that a handler returned itself, and returns those of the next round. A name that is used again loses its earlier response. */
export async function sendReturned(memory: Memory, requests: InputRequests): Promise<InputRequests> {
  const round = Object.entries(requests).slice(0, MAX_REQUESTS_PER_ROUND)
  const digests = await Promise.all(round.map(([name, request]) => digestOf([name, request])))
  const before = new Map(memory.sent.map((sent) => [sent.name, sent]))
  const sent = round.map(([name], index): SentRequest => {
    const digest = digests[index] as string
    const again = before.get(name)
    return { name, digest, ...(again?.digest === digest && again.used && { used: true }) }
  })
  memory.sent = [...memory.sent.filter((one) => 'response' in one && !Object.hasOwn(requests, one.name)), ...sent]
  return Object.fromEntries(round)
}

/** The digest of what no client was shown. */
const NOT_SHOWN = ''

/**
 * Ignores what is not an object, and responses to requests that were not sent or already have one. A client may respond before the first round, too:
 * such a response is in `ctx.inputs`, where the handler chose the name, and never counts for `ctx.elicit` and the like.
 */
export function acceptResponses(memory: Memory, responses: Readonly<Record<string, unknown>>): void {
  if (memory.rounds === 0) memory.sent = Object.keys(responses).map((name) => ({ name, digest: NOT_SHOWN, used: true }))
  for (const sent of memory.sent) {
    const response = Object.hasOwn(responses, sent.name) ? responses[sent.name] : undefined
    if ('response' in sent || !isObject(response)) continue
    memory.received += JSON.stringify(response).length
    if (memory.received > MAX_RECEIVED) throw new InvalidRequestError(`The responses to the input requests of this call exceed ${MAX_RECEIVED} characters`)
    sent.response = response
    if (sent.key === undefined) use(memory, sent) // Only the handler knows whether it fits.
  }
}

/** The first use of a response is progress. */
export function use(memory: Memory, sent: SentRequest): void {
  if (sent.used) return
  sent.used = true
  memory.idleRounds = 0
}

/** What the client has responded so far, by name. */
export const responsesIn = ({ sent }: Memory): Record<string, unknown> => Object.fromEntries(sent.flatMap((one) => ('response' in one ? [[one.name, one.response]] : [])))

/** Counts the round, and keeps what the handler passed on. Throws once there were too many. */
export function nextRound(memory: Memory, { inputRequests = {}, requestState }: InputRequiredResult): void {
  memory.rounds++
  memory.idleRounds++
  if (requestState !== undefined) memory.state = requestState
  const names = Object.keys(inputRequests).slice(0, 5).map((name) => JSON.stringify(name)).join(', ')
  if (memory.idleRounds > MAX_IDLE_ROUNDS) {
    const message = `No valid response${names && ` to the input request ${names}`} in ${MAX_IDLE_ROUNDS} rounds`
    throw names ? new InvalidParamsError(message, { data: { reason: 'no_valid_response' } }) : new InternalError({ cause: new Error(message) })
  }
  if (memory.rounds > MAX_ROUNDS) throw new InternalError({ cause: new Error(`The handler sent input requests in ${MAX_ROUNDS} rounds of one call. Send independent requests together, with Promise.all`) })
}

const firstOfEachKey = (asked: readonly Asked[]): Asked[] => [...new Map(asked.toReversed().map((one) => [one.key, one])).values()]

/** A response that no run has used, to a request that this run did not make: its text has changed. */
function noteChange({ sent }: Memory, { key, unanswered }: Asked, current: ReadonlySet<string>): void {
  const sameKey = sent.filter((one) => one.key === key)
  const unused = sameKey.filter((one) => 'response' in one && !one.used && one.superseded === undefined && !current.has(one.digest))
  if (unused.length === 0) return
  const count = 1 + Math.max(...sameKey.map(({ superseded = 0 }) => superseded))
  if (count > MAX_RESENT) throw new GangwayError('GANGWAY_E_INPUT_CHANGED', `Input request "${key}" is different in every run of the handler, so no response fits it. Compute the part that changes in ctx.step(), which returns the same value in every run`, { cause: unanswered })
  for (const one of unused) one.superseded = count
}

function freeName(key: string, taken: ReadonlySet<string>): string {
  let name = key
  for (let count = 2; taken.has(name); count++) name = `${key}#${count}`
  return name
}
