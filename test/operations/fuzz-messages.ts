/** Pseudo-random messages from a seed: valid ones, and valid ones with parts replaced, removed, added or cut. Fast enough for millions. */
import { envelope, initializeParams, LOG_LEVEL, NEWEST_LEGACY, type Json } from '../harness/message.ts'

/** A text to send, and what may come back for it. */
export interface FuzzMessage {
  readonly text: string
  /** The id that a receiver reads, where there is one. */
  readonly id: unknown
  /** Whether it is a request after all mutations, with an id that no other message has: then exactly one response is due. */
  readonly isRequest: boolean
}

const VALID: readonly Json[] = [
  { method: 'ping' },
  { method: 'tools/list' },
  { method: 'tools/list', params: { cursor: 'ZWNobw==' } },
  { method: 'tools/call', params: { name: 'echo', arguments: { text: 'x', times: 2 } } },
  { method: 'tools/call', params: { name: 'raw', arguments: { b: { b: { b: null } } } } },
  { method: 'tools/call', params: { name: 'sum', arguments: { values: [1, 2.5, -3] } } },
  { method: 'tools/call', params: { name: 'talk', _meta: { progressToken: 'p', [LOG_LEVEL]: 'debug' } } },
  { method: 'tools/call', params: { name: 'fail' } },
  { method: 'tools/call', params: { name: 'ask', inputResponses: { name: { action: 'accept', content: { name: 'x' } } }, requestState: 'x' } },
  { method: 'resources/list' },
  { method: 'resources/templates/list' },
  { method: 'resources/read', params: { uri: 'shop://orders/1' } },
  { method: 'resources/subscribe', params: { uri: 'shop://orders/1' } },
  { method: 'resources/unsubscribe', params: { uri: 'shop://orders/1' } },
  { method: 'prompts/get', params: { name: 'greet', arguments: { name: 'x' } } },
  { method: 'completion/complete', params: { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'x' } } },
  { method: 'completion/complete', params: { ref: { type: 'ref/resource', uri: 'shop://orders/{order}' }, argument: { name: 'order', value: 'x' } } },
  { method: 'logging/setLevel', params: { level: 'debug' } },
  { method: 'server/discover' },
]
const HANDSHAKES: readonly Json[] = [{ method: 'initialize', params: initializeParams(NEWEST_LEGACY) }]
const NOTIFICATIONS: readonly Json[] = [
  { method: 'notifications/initialized' },
  { method: 'notifications/cancelled', params: { requestId: -7, reason: 'x' } },
  { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
  { method: 'notifications/roots/list_changed' },
]
const NAMES = ['id', 'jsonrpc', 'method', 'params', 'result', 'error', '_meta', 'name', 'arguments', 'cursor', 'uri', 'ref', '__proto__', 'constructor', 'toString', 'progressToken', 'inputResponses', 'requestState', 'x'.repeat(300)]
const ODD: readonly unknown[] = [null, 0, -0, 1, 1.5, 2 ** 53 + 1, -1, '', '1', '__proto__', 'constructor', true, false, [], {}, [[]], '2.0', '\0', '\uD800', '🙂', '{', 'x'.repeat(300), { a: { b: [{}] } }, { type: 'text', text: 'x' }, { resultType: 'input_required', inputRequests: {} }, 'shop://' + '-'.repeat(2000)]

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface FuzzOptions {
  readonly seed: number
  /** @default both */
  readonly era?: 'legacy' | 'modern'
  /** Whether texts may be cut, and handshakes come again: not in a batch, which fails as a whole. @default true */
  readonly alone?: boolean
}

/** Makes one message after the other. Ids count up from 1000 and are never used twice. */
export function fuzzMessages({ seed, era, alone = true }: FuzzOptions): () => FuzzMessage {
  const random = randomFrom(seed)
  const below = (end: number): number => Math.floor(random() * end)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  let id = 999

  function mutate(message: Json): void {
    let holder: Json = message
    for (;;) {
      const names = Object.keys(holder)
      const name = names.length > 0 ? pick(names) : undefined
      const inner = name === undefined ? undefined : holder[name]
      if (typeof inner === 'object' && inner !== null && random() < 0.7) {
        holder = inner as Json
        continue
      }
      const kind = below(3)
      if (kind === 0 && name !== undefined) delete holder[name]
      else Object.defineProperty(holder, kind === 1 || name === undefined ? pick(NAMES) : name, { value: structuredClone(pick(ODD)), enumerable: true, writable: true, configurable: true })
      return
    }
  }

  return () => {
    id++
    const kind = random()
    const base = kind < 0.05 ? pick(NOTIFICATIONS) : kind < 0.06 && alone ? pick(HANDSHAKES) : pick(VALID)
    const message: Json = { jsonrpc: '2.0', ...structuredClone(base), ...(kind >= 0.05 && { id }) }
    const isModern = era ? era === 'modern' : random() < 0.5
    if (isModern && kind >= 0.06) message.params = { ...(message.params as Json), _meta: { ...envelope(), ...((message.params as Json | undefined)?._meta as Json) } }
    for (let mutations = below(4); mutations > 0; mutations--) mutate(message)
    let text = JSON.stringify(message)
    if (alone && random() < 0.1) {
      const at = below(text.length + 1)
      text = text.slice(0, at) + pick(['', '"', '}', '\\', '\0', '\t', '{"']) + text.slice(at + below(5))
    }
    const received = parse(text)
    return { text, id: received?.id, isRequest: received?.id === id && isRequest(received) }
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const isRequest = ({ jsonrpc, method, params, ...rest }: Json): boolean =>
  jsonrpc === '2.0' && typeof method === 'string' && !('result' in rest) && !('error' in rest) && (params === undefined || isObject(params))

function parse(text: string): Json | undefined {
  try {
    const message: unknown = JSON.parse(text)
    return isObject(message) ? message : undefined
  } catch {
    return undefined
  }
}
