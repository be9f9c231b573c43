/** What a modern client carries between the rounds of a request: nobody can read it, change it, or use it for anything else. */
import { inputRequired, McpServer, type Logger, type StateSealOptions } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ASKABLE, rooted } from '../harness/answering.ts'
import { connect, modernWays, serve, type Client, type Way } from '../harness/index.ts'
import { MODERN, type Json } from '../harness/message.ts'
import { newServer, textOf } from '../harness/server.ts'

const KEY = 'k'.repeat(32)
const OTHER_KEY = 'o'.repeat(32)
const REFUSED = { code: -32602, message: 'Invalid requestState', data: { reason: 'invalid_request_state' } }

const ignore = (): void => {}

/** A tool, a prompt and a resource that ask in two rounds, and pass on a secret of their own. */
function asking({ requestState, name = 'suite' }: { requestState?: StateSealOptions; name?: string } = {}) {
  const log: { fields: object; message: string | undefined }[] = []
  const write: Logger['error'] = (fields, message) => void log.push({ fields, message })
  const logger: Logger = { debug: (fields, message) => message === 'Invalid requestState' && write(fields, message), info: ignore, warn: ignore, error: write }
  const runs = { count: 0 }
  const handler = async (_: unknown, { roots, step }: { roots: (key?: string) => Promise<unknown>; step: <T>(key: string, work: () => T) => Promise<T> }): Promise<string> => {
    runs.count++
    await step('secret', () => 'swordfish')
    return JSON.stringify([await roots('a'), await roots('b')])
  }
  const args = { x: z.string().optional(), y: z.string().optional() }
  const input = { ...args, list: z.array(z.unknown()).optional(), pair: z.looseObject({}).optional() }
  const server = newServer({ name, logger, ...(requestState && { requestState }) })
    .tool('t', { input }, handler)
    .tool('u', { input }, handler)
    .prompt('t', { args }, handler)
    .resource('a://t', {}, handler)
    .resource('a://u', {}, handler)
    .resource('b://{x}', {}, handler)
    .tool('visible', {}, (_, { state }) => (state === undefined ? inputRequired({}, 'mine') : `${state}!`))
    .tool('large', {}, async (_, { step, roots }) => {
      await step('s', () => 'x'.repeat(60_000))
      return String(await roots())
    })
  return { server, log, runs }
}

/** The state after the first round. */
async function firstState(client: Client, method: string, params: Json): Promise<string> {
  const { requestState, inputRequests } = await client.result(method, params)
  expect(Object.keys(inputRequests as Json)).toEqual(['a'])
  return String(requestState)
}

const ANSWER = { inputResponses: { a: rooted('file:///a') } }

const flipped = (state: string, at: number): string => {
  const index = at < 0 ? state.length + at : at
  return state.slice(0, index) + (state[index] === 'A' ? 'B' : 'A') + state.slice(index + 1)
}
/** The last character before the padding holds bits that no byte has. */
const sameBytes = (state: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const end = state.replace(/=+$/, '')
  const last = alphabet.indexOf(end.at(-1) ?? '')
  return end === state ? `${state}=` : `${end.slice(0, -1)}${alphabet[last + 1]}${state.slice(end.length)}`
}

const DAMAGE: readonly [what: string, damage: (state: string) => unknown][] = [
  ['its first character changed', (state) => flipped(state, 0)],
  ['a character in the middle changed', (state) => flipped(state, Math.floor(state.length / 2))],
  ['its last characters changed', (state) => flipped(state, -5)],
  ['other bits that no byte holds', sameBytes],
  ['text appended', (state) => `${state}tampered`],
  ['a byte appended', (state) => `${state.replace(/=+$/, '')}AAAA`],
  ['a space appended', (state) => `${state} `],
  ['a line feed appended', (state) => `${state}\n`],
  ['text put before it', (state) => `AAAA${state}`],
  ['its padding cut off', (state) => (state.endsWith('=') ? state.replace(/=+$/, '') : `${state}=`)],
  ['its end cut off', (state) => state.slice(0, -8)],
  ['its beginning cut off', (state) => state.slice(8)],
  ['only its first 16 characters', (state) => state.slice(0, 16)],
  ['only its first 20 characters', (state) => state.slice(0, 20)],
  ['itself twice', (state) => state + state],
  ['the URL alphabet', (state) => `${state.slice(0, 8)}-_${state.slice(10)}`],
  ['nothing in it', () => ''],
  ['JSON in it', () => JSON.stringify({ answers: {}, steps: {}, rounds: 0, expires: 9e15 })],
  ['that is not encrypted', () => Buffer.from(JSON.stringify({ answers: {}, steps: {}, rounds: 0, expires: 9e15 })).toString('base64')],
  ['zeros in it', () => Buffer.alloc(200).toString('base64')],
  ['no text at all: a number', () => 7],
  ['no text at all: a list', (state) => [state]],
  ['no text at all: an object', (state) => ({ state })],
  ['far too much in it', (state) => state + 'A'.repeat(100_000)],
]

const REPLAYS: readonly [what: string, method: string, params: Json, replayMethod: string, replay: Json][] = [
  ['with other arguments', 'tools/call', { name: 't', arguments: { x: '1' } }, 'tools/call', { name: 't', arguments: { x: '2' } }],
  ['with one argument more', 'tools/call', { name: 't', arguments: { x: '1' } }, 'tools/call', { name: 't', arguments: { x: '1', y: '1' } }],
  ['without arguments', 'tools/call', { name: 't', arguments: { x: '1' } }, 'tools/call', { name: 't' }],
  ['with a pair that is a list', 'tools/call', { name: 't', arguments: { pair: { x: 1 } } }, 'tools/call', { name: 't', arguments: { list: [['x', 1]] } }],
  ['with a list in another order', 'tools/call', { name: 't', arguments: { list: [1, 2] } }, 'tools/call', { name: 't', arguments: { list: [2, 1] } }],
  ['with 1 for "1"', 'tools/call', { name: 't', arguments: { list: ['1'] } }, 'tools/call', { name: 't', arguments: { list: [1] } }],
  ['with another tool', 'tools/call', { name: 't' }, 'tools/call', { name: 'u' }],
  ['with a prompt of the same name', 'tools/call', { name: 't' }, 'prompts/get', { name: 't' }],
  ['with other arguments of a prompt', 'prompts/get', { name: 't', arguments: { x: '1' } }, 'prompts/get', { name: 't', arguments: { x: '2' } }],
  ['with another resource', 'resources/read', { uri: 'a://t' }, 'resources/read', { uri: 'a://u' }],
  ['with another resource, under a name that means nothing there', 'resources/read', { uri: 'a://t', name: 'n' }, 'resources/read', { uri: 'a://u', name: 'n' }],
  ['with other values in a template', 'resources/read', { uri: 'b://1' }, 'resources/read', { uri: 'b://2' }],
]

async function connectTo({ door }: Way, server: McpServer): Promise<Client> {
  return connect(await serve(door, server), MODERN, { capabilities: ASKABLE })
}

describe.each(modernWays)('$name', (way) => {
  test('the client cannot read the state, and it is different each time [C64]', async () => {
    const { server } = asking()
    const client = await connectTo(way, server)
    const states = [await firstState(client, 'tools/call', { name: 't' }), await firstState(client, 'tools/call', { name: 't' })]
    expect(new Set(states).size).toBe(2)
    for (const state of states) {
      expect(state).toMatch(/^[A-Za-z0-9+/]+=*$/)
      expect(Buffer.from(state, 'base64').toString('latin1')).not.toMatch(/swordfish|secret|answers|steps|rounds/)
    }
  })

  test.each(DAMAGE)('the state is rejected with %s, and the handler does not run [C64]', async (_, damage) => {
    const { server, log, runs } = asking()
    const client = await connectTo(way, server)
    const state = await firstState(client, 'tools/call', { name: 't' })
    const requestState = damage(state)
    expect(requestState).not.toBe(state)
    expect(await client.error('tools/call', { name: 't', ...ANSWER, requestState })).toEqual(REFUSED)
    expect(runs.count).toBe(1)
    expect(log).toMatchObject([{ fields: { method: 'tools/call', err: expect.any(Error) }, message: 'Invalid requestState' }])
    expect(await client.result('tools/call', { name: 't', ...ANSWER, requestState: state })).toMatchObject({ resultType: 'input_required' })
  })

  test.each(REPLAYS)('the state is rejected %s [C65]', async (_, method, params, replayMethod, replay) => {
    const { server, runs } = asking()
    const client = await connectTo(way, server)
    const requestState = await firstState(client, method, params)
    expect(await client.error(replayMethod, { ...replay, ...ANSWER, requestState })).toEqual(REFUSED)
    expect(runs.count).toBe(1)
    const { inputRequests } = await client.result(method, { ...params, ...ANSWER, requestState })
    expect(Object.keys(inputRequests as Json)).toEqual(['b'])
  })

  test('the order of arguments does not matter, and no arguments equal an empty object [C65]', async () => {
    const { server } = asking()
    const client = await connectTo(way, server)
    const ordered = await firstState(client, 'tools/call', { name: 't', arguments: { x: '1', pair: { a: 1, b: [{ c: 1, d: 2 }] } } })
    const again = await client.result('tools/call', { name: 't', arguments: { pair: { b: [{ d: 2, c: 1 }], a: 1 }, x: '1' }, ...ANSWER, requestState: ordered })
    expect(Object.keys(again.inputRequests as Json)).toEqual(['b'])
    const empty = await firstState(client, 'tools/call', { name: 't' })
    expect(await client.result('tools/call', { name: 't', arguments: {}, ...ANSWER, requestState: empty })).toMatchObject({ resultType: 'input_required' })
  })

  test('the state is rejected after it expires [C65]', async () => {
    const { server, log } = asking({ requestState: { lifetime: 1 } })
    const client = await connectTo(way, server)
    const requestState = await firstState(client, 'tools/call', { name: 't' })
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await client.error('tools/call', { name: 't', ...ANSWER, requestState })).toEqual(REFUSED)
    expect(log).toMatchObject([{ fields: { err: { message: 'The state has expired' } } }])
  })

  test.each([
    ['another process opens it with a common key', { keys: [KEY] }, { keys: [KEY] }, 'suite', true],
    ['keys may be bytes', { keys: [KEY] }, { keys: [Buffer.from(KEY)] }, 'suite', true],
    ['a key that no longer seals still opens', { keys: [KEY] }, { keys: [OTHER_KEY, KEY] }, 'suite', true],
    ['a key that does not seal yet opens', { keys: [OTHER_KEY, KEY] }, { keys: [KEY, OTHER_KEY] }, 'suite', true],
    ['the first key is the one that seals', { keys: [OTHER_KEY, KEY] }, { keys: [KEY] }, 'suite', false],
    ['a key that was taken away opens nothing', { keys: [KEY] }, { keys: [OTHER_KEY] }, 'suite', false],
    ['without keys, no other process opens it', undefined, undefined, 'suite', false],
    ['without keys, state of other processes is not opened', { keys: [KEY] }, undefined, 'suite', false],
    ['a server of another name does not open it', { keys: [KEY] }, { keys: [KEY] }, 'another', false],
  ] as const)('%s [C64] [C65] [C66]', async (_, sealing, opening, name, opens) => {
    const first = await connectTo(way, asking({ ...(sealing && { requestState: sealing }) }).server)
    const second = await connectTo(way, asking({ name, ...(opening && { requestState: opening }) }).server)
    const requestState = await firstState(first, 'tools/call', { name: 't' })
    const { result, error } = await second.request('tools/call', { name: 't', ...ANSWER, requestState })
    if (opens) expect(Object.keys(result?.inputRequests as Json)).toEqual(['b'])
    else expect(error).toEqual(REFUSED)
  })

  test('the size of the state is bounded, and a larger one is an error of the server [C64]', async () => {
    const { server, log } = asking()
    const client = await connectTo(way, server)
    expect(await client.error('tools/call', { name: 'large' })).toMatchObject({ code: -32603, message: expect.stringContaining('Internal error') })
    expect(log).toMatchObject([{ fields: { err: { message: expect.stringContaining('65536') } } }])
  })

  test('a result with state alone makes the client repeat the request [C62]', async () => {
    const { server } = asking()
    const client = await connectTo(way, server)
    const { resultType, requestState } = await client.call('visible')
    expect([resultType, requestState === 'mine']).toEqual(['input_required', false])
    expect(textOf(await client.result('tools/call', { name: 'visible', requestState }))).toBe('mine!')
  })

  test('a state can be sent again, because the client may lose a response [C66]', async () => {
    const { server } = asking()
    const client = await connectTo(way, server)
    const requestState = await firstState(client, 'tools/call', { name: 't' })
    for (let times = 0; times < 2; times++) expect(await client.result('tools/call', { name: 't', ...ANSWER, requestState })).toMatchObject({ inputRequests: { b: {} } })
  })
})
