/** Replay state: what one run of a handler passes to the next one. It holds input requests with their responses, and the values of finished steps. */
import { GangwayError } from '../gangway-error.ts'
import { InternalError, InvalidParamsError, InvalidRequestError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { InputRequest, InputRequests, InputRequiredResult } from '../protocol/types/input-types.ts'
import { toBase64 } from '../util/base64.ts'

/** An input request that was sent to the client. */
export interface SentRequest {
  /** Its key in `inputRequests`, unique within one call. */
  readonly name: string
  /** The key that the handler passed to `ctx.elicit` and similar functions. Absent if the handler returned `inputRequired()`; it then chose `name` itself. */
  readonly key?: string
  /** A digest of everything that the client was shown. A response counts only for a request with the same digest. */
  readonly digest: string
  /** Absent until the client responds. An `Error` if a legacy client rejected the request. */
  response?: unknown
  /** Whether a run has used the response. */
  used?: boolean
  /** Set if a run made a different request with the same key and did not use this response. Counts such runs for the key, from 1. */
  superseded?: number
}

/** State of one call across its runs. For legacy clients the session stores it. Modern clients carry it in encrypted form. */
export interface ReplayState {
  sent: SentRequest[]
  /** Values of finished steps, by the key of the step. */
  steps: Record<string, { value?: unknown }>
  /** The state that the handler passed to `inputRequired()`. */
  state?: string
  /** The number of runs that ended with input requests. */
  rounds: number
  /** How many rounds in a row, up to now, brought no new valid response. */
  idleRounds: number
  /** The total size of the client's responses, in characters of JSON. */
  received: number
}

export const emptyReplayState = (): ReplayState => ({ sent: [], steps: {}, rounds: 0, idleRounds: 0, received: 0 })

/** Stops requests to a client that never sends a valid response. */
const MAX_IDLE_ROUNDS = 10
/** Stops a handler that makes a new request in every run. */
const MAX_ROUNDS = 256
/** Requests beyond this number wait for the next round. */
const MAX_REQUESTS_PER_ROUND = 64
/** How often a request is sent again if its text differs from run to run. */
const MAX_RESENT = 2
/** The maximum total size of the responses, in characters of JSON. For modern clients, the limit of the sealed state is lower. */
const MAX_RECEIVED = 16 * 1024 * 1024

/** An input request that a handler made during one run. */
export interface Asked {
  readonly key: string
  readonly request: InputRequest
  readonly digest: string
  /** Set if there is no response yet. Its stack shows where the handler made the request. */
  readonly unanswered?: Error
}

/** Uses SHA-256, because an attacker may choose parts of a message and must not find a second message with the same digest. */
export async function digestOf(value: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(value))
  return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/**
 * Records the unanswered requests of a run, and returns those to send in the next round.
 * Throws `GANGWAY_E_INPUT_CHANGED` if the request with one key differs in every run.
 */
export function sendAsked(replayState: ReplayState, asked: readonly Asked[]): InputRequests {
  const current = new Set(asked.map(({ digest }) => digest))
  const open = asked.filter(({ unanswered }) => unanswered)
  const known = new Map(replayState.sent.map((sent) => [sent.digest, sent]))
  for (const changed of firstOfEachKey(open.filter(({ digest }) => !known.has(digest)))) noteChange(replayState, changed, current)
  replayState.sent = replayState.sent.filter((sent) => ('response' in sent && sent.digest !== NOT_SHOWN) || current.has(sent.digest))
  const names = new Set(replayState.sent.map(({ name }) => name))
  const round = new Map<string, InputRequest>()
  for (const { key, request, digest } of open) {
    if (round.size === MAX_REQUESTS_PER_ROUND) break
    const sent = known.get(digest) ?? { name: freeName(key, names), key, digest }
    if (known.has(digest)) delete sent.response // The response did not match the request.
    else replayState.sent.push(sent)
    known.set(digest, sent)
    names.add(sent.name)
    round.set(sent.name, request)
  }
  return Object.fromEntries(round)
}

/** Records the requests that a handler returned with `inputRequired()`, and returns those of the next round. Reusing a name discards its earlier response. */
export async function sendReturned(replayState: ReplayState, requests: InputRequests): Promise<InputRequests> {
  const round = Object.entries(requests).slice(0, MAX_REQUESTS_PER_ROUND)
  const digests = await Promise.all(round.map(([name, request]) => digestOf([name, request])))
  const before = new Map(replayState.sent.map((sent) => [sent.name, sent]))
  const sent = round.map(([name], index): SentRequest => {
    const digest = digests[index] as string
    const again = before.get(name)
    return { name, digest, ...(again?.digest === digest && again.used && { used: true }) }
  })
  replayState.sent = [...replayState.sent.filter((one) => 'response' in one && !Object.hasOwn(requests, one.name)), ...sent]
  return Object.fromEntries(round)
}

/** The digest of a response to a request that was never sent. */
const NOT_SHOWN = ''
/** The maximum number of responses in the first request of a call. In later ones, only responses to requests that were sent count. */
const MAX_UNASKED = 1000

/**
 * Adds the client's responses. Ignores values that are not objects, and responses to requests that were not sent or already have one.
 * A client may respond before the first round. `ctx.inputs` contains such a response, because its handler chooses the name; `ctx.elicit` and similar functions ignore it.
 */
export function acceptResponses(replayState: ReplayState, responses: Readonly<Record<string, unknown>>): void {
  if (replayState.rounds === 0) {
    const names = Object.keys(responses)
    if (names.length > MAX_UNASKED) throw new InvalidParamsError(`"inputResponses" has ${names.length} members; it may have at most ${MAX_UNASKED}`)
    replayState.sent = names.map((name) => ({ name, digest: NOT_SHOWN, used: true }))
  }
  for (const sent of replayState.sent) {
    const response = Object.hasOwn(responses, sent.name) ? responses[sent.name] : undefined
    if ('response' in sent || !isObject(response)) continue
    replayState.received += JSON.stringify(response).length
    if (replayState.received > MAX_RECEIVED) throw new InvalidRequestError(`The responses to the input requests of this call exceed ${MAX_RECEIVED} characters`)
    sent.response = response
    if (sent.key === undefined) use(replayState, sent) // Only the handler can tell whether this response is valid, so it is marked as used.
  }
}

/** Marks a response as used. The first use resets the count of idle rounds. */
export function use(replayState: ReplayState, sent: SentRequest): void {
  if (sent.used) return
  sent.used = true
  replayState.idleRounds = 0
}

/** The client's responses so far, by name. */
export const responsesIn = ({ sent }: ReplayState): Record<string, unknown> => Object.fromEntries(sent.flatMap((one) => ('response' in one ? [[one.name, one.response]] : [])))

/** Counts a round and stores the state that the handler passed on. Throws if there were too many rounds. */
export function nextRound(replayState: ReplayState, { inputRequests = {}, requestState }: InputRequiredResult): void {
  replayState.rounds++
  replayState.idleRounds++
  if (requestState !== undefined) replayState.state = requestState
  const names = Object.keys(inputRequests).slice(0, 5).map((name) => JSON.stringify(name)).join(', ')
  if (replayState.idleRounds > MAX_IDLE_ROUNDS) {
    const message = `No valid response${names && ` to the input request ${names}`} in ${MAX_IDLE_ROUNDS} rounds`
    throw names ? new InvalidParamsError(message, { data: { reason: 'no_valid_response' } }) : new InternalError({ cause: new Error(message) })
  }
  if (replayState.rounds > MAX_ROUNDS) throw new InternalError({ cause: new Error(`The handler sent input requests in ${MAX_ROUNDS} rounds of one call. Send independent requests together, with Promise.all`) })
}

const firstOfEachKey = (asked: readonly Asked[]): Asked[] => [...new Map(asked.toReversed().map((one) => [one.key, one])).values()]

/** Records that a request changed: an earlier response with the same key is unused, and this run did not make the request that it belongs to. */
function noteChange({ sent }: ReplayState, { key, unanswered }: Asked, current: ReadonlySet<string>): void {
  const sameKey = sent.filter((one) => one.key === key)
  const unused = sameKey.filter((one) => 'response' in one && !one.used && one.superseded === undefined && !current.has(one.digest))
  if (unused.length === 0) return
  const count = 1 + Math.max(...sameKey.map(({ superseded = 0 }) => superseded))
  if (count > MAX_RESENT) throw new GangwayError('GANGWAY_E_INPUT_CHANGED', `Input request "${key}" differs in every run of the handler, so no response matches it. Compute the part that changes in ctx.step(), which returns the same value in every run`, { cause: unanswered })
  for (const one of unused) one.superseded = count
}

function freeName(key: string, taken: ReadonlySet<string>): string {
  let name = key
  for (let count = 2; taken.has(name); count++) name = `${key}#${count}`
  return name
}
