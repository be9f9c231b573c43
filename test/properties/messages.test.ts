/** Random and broken messages: a server neither crashes nor answers twice, and the connection goes on. An unhandled rejection fails the run by itself. */
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { exchange } from '../harness/http-client.ts'
import { ERAS, Peer, type Era } from '../harness/http-peer.ts'
import { closing, doors, serve } from '../harness/index.ts'
import { CLIENT_CAPABILITIES, envelope, initializeParams, LOG_LEVEL, MODERN, NEWEST_LEGACY, PROTOCOL_VERSION, requestText, type Json, type Revision } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const SEED = 20_260_728

vi.setConfig({ testTimeout: 60_000 }) // Many exchanges in one test.

const newTarget = () =>
  newServer({ pageSize: 2 })
    .tool('echo', { input: { text: z.string(), times: z.int().min(0).max(3).optional() } }, ({ text, times = 1 }) => text.repeat(times))
    .tool('raw', { input: { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': 'A' }, b: { anyOf: [{ type: 'null' }, { $ref: '#' }] } }, additionalProperties: false } }, (args) => JSON.stringify(args))
    .tool('sum', { input: { values: z.array(z.number()) }, output: { sum: z.number() } }, ({ values }) => ({ sum: values.reduce((sum, value) => sum + value, 0) }))
    .tool('talk', {}, (_, { log, progress, meta }) => {
      log.error(meta)
      progress(1)
      return 'done'
    })
    .tool('fail', {}, () => {
      throw new Error('on purpose')
    })
    .tool('ask', {}, async (_, { elicit }) => JSON.stringify(await elicit('name', 'Who?', { name: z.string() })))
    .resource('shop://readme', {}, () => 'text')
    .resource('shop://orders/{order}', {}, ({ order }) => order)
    .prompt('greet', { args: { name: z.string() } }, ({ name }) => `Hello ${name}`)

/** One client's way to the server, with nothing checked in between. */
interface Way {
  send(texts: readonly string[]): Promise<void>
  /** All that came. */
  readonly received: unknown[]
}

const revisionOf = (era: Era): Revision => (era === 'modern' ? MODERN : NEWEST_LEGACY)

async function overDoor(door: 'memory' | 'stdio', era: Era): Promise<Way & { wake: () => void }> {
  const served = closing(await doors[door](newTarget()))
  const way = { received: [] as unknown[], wake: () => {}, send: async (texts: readonly string[]): Promise<void> => wire.send(...texts) }
  const wire = closing(
    await served.connect((text) => {
      way.received.push(...[JSON.parse(text)].flat())
      way.wake()
    }, revisionOf(era)),
  )
  if (era === 'legacy') await wire.send(requestText('open', 'initialize', initializeParams(NEWEST_LEGACY)), '{"jsonrpc":"2.0","method":"notifications/initialized"}')
  return way
}

async function overHttp(era: Era): Promise<Way & { wake: () => void }> {
  const peer = await Peer.open((await serve('http', newTarget())).url ?? '', era)
  const received: unknown[] = []
  const post = async (body: string): Promise<void> => {
    const headers = Object.fromEntries(Object.entries(peer.headers(body)).map(([name, value]) => [name, String(value).replaceAll(/[^\x20-\x7e]/g, '?')]))
    const { status, messages } = await exchange(peer.url, { headers, body })
    expect(status).toBeLessThan(500)
    received.push(...messages.flat())
  }
  return { received, wake: () => {}, send: async (texts) => void (await Promise.all(texts.map(post))) }
}

// What is sent

const METHODS = ['ping', 'initialize', 'server/discover', 'tools/list', 'tools/call', 'resources/list', 'resources/templates/list', 'resources/read', 'resources/subscribe', 'resources/unsubscribe', 'prompts/list', 'prompts/get', 'completion/complete', 'logging/setLevel']

const VALID: readonly Json[] = [
  { id: 1, method: 'ping' },
  { id: 1, method: 'initialize', params: initializeParams(NEWEST_LEGACY) },
  { id: 1, method: 'server/discover' },
  { id: 1, method: 'tools/list', params: { cursor: 'ZWNobw==' } },
  { id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x', times: 2 } } },
  { id: 1, method: 'tools/call', params: { name: 'raw', arguments: { b: { b: { b: null } } } } },
  { id: 1, method: 'tools/call', params: { name: 'sum', arguments: { values: [1, 2.5, -3] } } },
  { id: 1, method: 'tools/call', params: { name: 'talk', _meta: { progressToken: 'p', [LOG_LEVEL]: 'debug' } } },
  { id: 1, method: 'tools/call', params: { name: 'fail' } },
  { id: 1, method: 'tools/call', params: { name: 'ask', inputResponses: { name: { action: 'accept', content: { name: 'x' } } }, requestState: 'x' } },
  { id: 1, method: 'resources/list' },
  { id: 1, method: 'resources/templates/list' },
  { id: 1, method: 'resources/read', params: { uri: 'shop://orders/1' } },
  { id: 1, method: 'resources/subscribe', params: { uri: 'shop://readme' } },
  { id: 1, method: 'prompts/get', params: { name: 'greet', arguments: { name: 'x' } } },
  { id: 1, method: 'completion/complete', params: { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: 'x' } } },
  { id: 1, method: 'logging/setLevel', params: { level: 'debug' } },
  { method: 'notifications/initialized' },
  { method: 'notifications/cancelled', params: { requestId: 1, reason: 'x' } },
  { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
  { id: 1, result: {} },
  { id: 1, error: { code: -32600, message: 'x' } },
]

const odd = fc.constantFrom<unknown>(null, 0, -0, 1, 1.5, 2 ** 53 + 1, -1, '', '1', '__proto__', 'constructor', true, [], {}, [[]], { __proto__: null }, '2.0', '\0', '\uD800', '🙂', 'x'.repeat(300))
const value = fc.oneof({ weight: 3, arbitrary: odd }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) })
const key = fc.oneof(fc.constantFrom('id', 'jsonrpc', 'method', 'params', 'result', 'error', '_meta', 'name', 'arguments', 'cursor', 'uri', '__proto__', 'constructor', 'toString', PROTOCOL_VERSION, CLIENT_CAPABILITIES, 'progressToken'), fc.string({ maxLength: 8 }))

/** Any JSON that looks a little like a message. */
const random = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(key, value, { maxKeys: 6 }),
  fc.record({ jsonrpc: fc.oneof(fc.constant('2.0'), value), id: value, method: fc.oneof(fc.constantFrom(...METHODS), value), params: fc.oneof(value, fc.dictionary(key, value, { maxKeys: 4 })) }, { requiredKeys: [] }),
  fc.array(fc.constantFrom(...VALID), { maxLength: 4 }),
)

interface Mutation {
  place: number
  kind: 'replace' | 'remove' | 'add'
  key: string
  value: unknown
}
const mutation: fc.Arbitrary<Mutation> = fc.record({ place: fc.nat(), kind: fc.constantFrom('replace', 'remove', 'add'), key, value })

/** All places in the value: those who hold something, and under which key. */
function places(node: unknown): { holder: Json; key: string }[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([name, below]) => [{ holder: node as Json, key: name }, ...places(below)])
}

const define = (holder: object, name: string, content: unknown): unknown => Object.defineProperty(holder, name, { value: content, enumerable: true, writable: true, configurable: true })

function mutate(message: unknown, mutations: readonly Mutation[]): unknown {
  for (const { place, kind, key: name, value: content } of mutations) {
    const all = places(message)
    const at = all[place % all.length]
    if (!at) continue
    if (kind === 'remove') delete at.holder[at.key]
    else define(at.holder, kind === 'add' ? name : at.key, content)
  }
  return message
}

const mutated = (era: Era) =>
  fc.tuple(fc.constantFrom(...VALID), fc.array(mutation, { maxLength: 3 }), fc.nat({ max: 5 })).map(([valid, mutations, id]) => {
    const message = structuredClone({ jsonrpc: '2.0', ...valid, ...('id' in valid && { id }) }) as Json
    if (era === 'modern' && 'method' in message && 'id' in message) message.params = { ...(message.params as Json), _meta: { ...envelope(), ...((message.params as Json | undefined)?._meta as Json) } }
    return mutate(message, mutations)
  })

/** Text that is cut, or has something in it that does not belong there. */
const broken = (texts: fc.Arbitrary<string>) => fc.tuple(texts, fc.nat(), fc.string({ unit: 'binary', maxLength: 3 }), fc.nat({ max: 4 })).map(([text, at, insert, drop]) => text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + drop))

function textsFor(era: Era): fc.Arbitrary<string[]> {
  const whole = fc.oneof({ weight: 1, arbitrary: random }, { weight: 3, arbitrary: mutated(era) }).map((message) => JSON.stringify(message))
  return fc.array(fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: broken(whole) }), { minLength: 1, maxLength: 5 }).map((texts) => texts.map((text) => text.replaceAll(/[\r\n]/g, ' ')))
}

// What must hold

/** White space around a line does not count. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text.trim())
  } catch {
    return undefined
  }
}

/** How often each id occurs in them, by its JSON. */
function countIds(messages: readonly unknown[], counts = new Map<string, number>()): Map<string, number> {
  for (const message of messages) {
    if (typeof message !== 'object' || message === null || !('id' in message) || message.id === null) continue
    const id = JSON.stringify(message.id)
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

/** The same text with an id that no earlier run has used, so that a late answer is not taken for that of another. */
function renumber(text: string, run: number): string {
  const message = parse(text)
  if (typeof message !== 'object' || message === null || !('id' in message) || !Number.isInteger(message.id) || !text.includes('"2.0"')) return text
  return JSON.stringify({ ...message, id: 10 * run + (Number(message.id) % 10) })
}

const isAnswer = (message: unknown): message is Json => !(message as Json).method

function expectWellFormed(answer: Json): void {
  expect(answer.jsonrpc).toBe('2.0')
  expect('result' in answer).not.toBe('error' in answer)
  if ('error' in answer) expect(answer.error).toMatchObject({ code: expect.any(Number), message: expect.stringMatching(/./s) })
  else expect(answer.result).toBeTypeOf('object')
}

const WAYS = { memory: (era: Era) => overDoor('memory', era), stdio: (era: Era) => overDoor('stdio', era), http: overHttp }
const RUNS = { memory: 150, stdio: 100, http: 60 } as const

for (const [door, connect] of Object.entries(WAYS) as [keyof typeof WAYS, (typeof WAYS)['http']][]) {
  for (const era of ERAS) {
    test(`${door} ${era}: whatever is sent, no request gets two responses, and the next one gets its response`, async () => {
      const way = await connect(era)
      const sent = new Map([['"open"', 1]]) // The handshake.
      const answered = new Map<string, number>()
      let runs = 0
      /** Sends, and resolves with the answer to a last request that nothing is wrong with. */
      const send = async (texts: readonly string[]): Promise<unknown> => {
        countIds(texts.flatMap((text) => parse(text)), sent)
        const id = `fence ${runs}`
        sent.set(JSON.stringify(id), 1)
        const [method, params] = era === 'modern' ? ['tools/list', { _meta: envelope() }] : ['ping', {}]
        await way.send(texts)
        await way.send([requestText(id, method as string, params as Json)])
        const find = () => way.received.find((message) => (message as Json).id === id)
        while (!find()) await new Promise<void>((resolve) => (way.wake = resolve))
        return find()
      }
      await fc.assert(
        fc.asyncProperty(textsFor(era), async (texts) => {
          runs++
          expect(await send(texts.map((text) => renumber(text, runs)))).toMatchObject({ result: {} })
          const answers = way.received.splice(0).filter(isAnswer)
          for (const answer of answers) expectWellFormed(answer)
          countIds(answers, answered)
          for (const id of countIds(answers).keys()) expect([id, answered.get(id)]).toEqual([id, Math.min(answered.get(id) ?? 0, sent.get(id) ?? 0)])
        }),
        { seed: SEED, numRuns: RUNS[door] },
      )
    })
  }
}
