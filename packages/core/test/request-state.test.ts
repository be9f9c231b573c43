/** What is sealed is opened by whom and for what it was sealed, and by nobody else. */
import { describe, expect, test } from 'vitest'
import { isGangwayError } from '../src/gangway-error.ts'
import { emptyReplayState, type ReplayState } from '../src/context/replay-state.ts'
import { McpServer } from '../src/mcp-server.ts'
import { StateSeal, type Binding } from '../src/context/request-state.ts'

const BINDING: Binding = { server: 'shop', principal: 'ada', method: 'tools/call', params: { name: 'refund', arguments: { order: 1 } } }
const MEMORY: ReplayState = { sent: [{ name: 'sure', key: 'sure', digest: 'd', response: { action: 'accept' }, used: true }], steps: { charge: { value: 5 }, nothing: {} }, state: 'mine', rounds: 3, idleRounds: 1, received: 19 }
const REFUSED = { code: -32602, message: 'Invalid requestState', data: { reason: 'invalid_request_state' } }

const withText = (length: number): ReplayState => ({ ...emptyReplayState(), state: 'x'.repeat(length) })
const server = (keys: unknown): McpServer => new McpServer({ name: 'shop', version: '1.0.0', requestState: { keys: keys as string[] } })
const codeOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return isGangwayError(error) ? error.code : error
  }
}
const about = (params: Record<string, unknown>): Binding => ({ ...BINDING, params })

describe('encrypted state', () => {
  test('restores the complete state [C64]', async () => {
    const seal = new StateSeal()
    for (const memory of [MEMORY, emptyReplayState()]) expect(await seal.open(await seal.seal(memory, BINDING), BINDING)).toEqual(memory)
  })

  test.each([
    ['another principal', { ...BINDING, principal: 'bob' }],
    ['nobody', { ...BINDING, principal: undefined }],
    ['another server', { ...BINDING, server: 'bank' }],
    ['another method', { ...BINDING, method: 'prompts/get' }],
    ['another name', about({ ...BINDING.params, name: 'charge' })],
    ['a URI besides', about({ ...BINDING.params, uri: 'a://b' })],
    ['a URI in place of the name', about({ uri: 'refund', arguments: { order: 1 } })],
    ['other arguments', about({ name: 'refund', arguments: { order: 2 } })],
    ['arguments of another type', about({ name: 'refund', arguments: { order: '1' } })],
    ['an argument more', about({ name: 'refund', arguments: { order: 1, __proto__: null, more: null } })],
    ['no arguments', about({ name: 'refund' })],
  ])('is not opened for %s [C65] [C147]', async (_, other) => {
    const seal = new StateSeal()
    const state = await seal.seal(MEMORY, BINDING)
    await expect(seal.open(state, other)).rejects.toMatchObject(REFUSED)
    const reverse = await seal.seal(MEMORY, other)
    await expect(seal.open(reverse, BINDING)).rejects.toMatchObject(REFUSED)
  })

  test('of an anonymous caller is not opened for a principal with a similar name [C65]', async () => {
    const seal = new StateSeal()
    const state = await seal.seal(MEMORY, { ...BINDING, principal: undefined })
    for (const principal of ['', 'null', 'undefined']) await expect(seal.open(state, { ...BINDING, principal })).rejects.toMatchObject(REFUSED)
  })

  test('does not depend on the order of members, nor on members outside of the request [C65]', async () => {
    const seal = new StateSeal()
    const state = await seal.seal(MEMORY, about({ name: 'n', arguments: { a: { c: 1, d: [{ e: 1, f: 2 }] }, b: 2 }, _meta: { progressToken: 1 } }))
    const again = about({ requestState: 'x', inputResponses: {}, arguments: { b: 2, a: { d: [{ f: 2, e: 1 }], c: 1 } }, name: 'n' })
    expect(await seal.open(state, again)).toEqual(MEMORY)
  })

  test('distinguishes a list of pairs from an object [C65]', async () => {
    const seal = new StateSeal()
    const state = await seal.seal(MEMORY, about({ arguments: { a: { b: 1 } } }))
    for (const a of [[['b', 1]], { members: [['b', 1]] }]) await expect(seal.open(state, about({ arguments: { a } }))).rejects.toMatchObject(REFUSED)
  })

  test('with one changed character is rejected [C64]', async () => {
    const seal = new StateSeal()
    for (const length of [0, 1, 2]) {
      const state = await seal.seal(withText(length), BINDING)
      for (let index = 0; index < state.length; index++) {
        for (const other of ['A', 'b', '9', '=', ' ', '-']) {
          if (state[index] === other) continue
          await expect(seal.open(state.slice(0, index) + other + state.slice(index + 1), BINDING)).rejects.toMatchObject(REFUSED)
        }
      }
    }
  })

  test('in another encoding of the same bytes is rejected [C64]', async () => {
    const seal = new StateSeal()
    const spellings: string[] = []
    for (const length of [0, 1, 2]) {
      const state = await seal.seal(withText(length), BINDING)
      for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') {
        const end = state.search(/=*$/)
        const other = state.slice(0, end - 1) + last + state.slice(end)
        if (other === state || !Buffer.from(other, 'base64').equals(Buffer.from(state, 'base64'))) continue
        spellings.push(other)
        await expect(seal.open(other, BINDING)).rejects.toMatchObject(REFUSED)
      }
    }
    expect(spellings).toHaveLength(3 + 15)
  })

  test('is rejected after its expiry, and not before [C65]', async () => {
    const state = await new StateSeal({ keys: ['k'.repeat(32)], lifetime: 1 }).seal(MEMORY, BINDING)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const seal = new StateSeal({ keys: ['k'.repeat(32)] })
    await expect(seal.open(state, BINDING)).rejects.toMatchObject({ ...REFUSED, cause: { message: 'The state has expired' } })
    expect(await seal.open(await seal.seal(MEMORY, BINDING), BINDING)).toEqual(MEMORY)
  })

  test('has at most 65,536 characters [C64]', async () => {
    const seal = new StateSeal()
    const fits = await seal.seal(withText(49_000), BINDING)
    expect(fits.length).toBeLessThanOrEqual(65_536)
    expect(await seal.open(fits, BINDING)).toEqual(withText(49_000))
    await expect(seal.seal(withText(49_152), BINDING)).rejects.toMatchObject({ code: -32603, message: 'Internal error', cause: { code: 'GANGWAY_E_STATE_SIZE', message: expect.stringContaining('65536') } })
  })

  test.each([
    ['the step', { steps: { small: { value: 1 }, 'all orders': { value: 'x'.repeat(50_000) } } }, '"all orders"'],
    ['the response', { sent: [{ name: 'essay', key: 'essay', digest: 'd', response: { content: 'x'.repeat(50_000) } }], steps: { small: { value: 1 } } }, '"essay"'],
    ['the state', { state: 'x'.repeat(50_000) }, 'inputRequired()'],
  ] as const)('that is too large names the request and its largest part: %s [C64]', async (_, parts, named) => {
    const error = await new StateSeal().seal({ ...emptyReplayState(), ...parts } as ReplayState, BINDING).catch(({ cause }: Error) => cause)
    expect((error as Error).message).toContain('"refund"')
    expect((error as Error).message).toContain(named)
  })

  test('of a version with another format is rejected without a crash [C64]', async () => {
    const keys = ['k'.repeat(32)]
    const secret = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(keys[0]))
    const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt'])
    const iv = new Uint8Array(12)
    const bound = JSON.stringify([BINDING.server, BINDING.principal, BINDING.method, 'refund', null, { members: [['order', 1]] }])
    const old = JSON.stringify({ answers: {}, steps: {}, rounds: 1, expires: Date.now() + 60_000 })
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(bound) }, key, new TextEncoder().encode(old))
    const state = Buffer.concat([iv, new Uint8Array(sealed)]).toString('base64')
    await expect(new StateSeal({ keys }).open(state, BINDING)).rejects.toMatchObject(REFUSED)
  })
})

describe('keys', () => {
  test.each([
    ['none', []],
    ['an empty one', ['']],
    ['one of 31 bytes', ['k'.repeat(31)]],
    ['bytes that are too few', [new Uint8Array(31)]],
    ['a second one that is too short', ['k'.repeat(32), 'short']],
    ['a bare text', 'k'.repeat(32)],
    ['a number', [7]],
    ['a variable that is not set', [undefined]],
    ['null', null],
  ])('are rejected when the server is created: %s', (_, keys) => {
    expect(codeOf(() => server(keys))).toBe('GANGWAY_E_STATE_KEY')
    expect(codeOf(() => new StateSeal({ keys: keys as string[] }))).toBe('GANGWAY_E_STATE_KEY')
  })

  test.each([['32 bytes', ['k'.repeat(32)]], ['16 characters of two bytes', ['é'.repeat(16)]], ['bytes', [new Uint8Array(32)]], ['several', ['k'.repeat(32), 'o'.repeat(64)]]])('of %s are accepted', async (_, keys) => {
    const { seal } = server(keys)
    expect(await seal.open(await seal.seal(MEMORY, BINDING), BINDING)).toEqual(MEMORY)
  })

  test('in bytes can be wiped by their owner', async () => {
    const key = new Uint8Array(32).fill(7)
    const seal = new StateSeal({ keys: [key] })
    key.fill(0)
    const state = await seal.seal(MEMORY, BINDING)
    expect(await new StateSeal({ keys: [new Uint8Array(32).fill(7)] }).open(state, BINDING)).toEqual(MEMORY)
  })
})
