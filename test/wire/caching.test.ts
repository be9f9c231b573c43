/** Caching hints: for how long, and for whom, what a modern client gets may be kept. */
import { inputRequired, resourceResult } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere, legacyWays, modernWays } from '../harness/index.ts'
import type { Json } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const QUESTION = { method: 'elicitation/create', params: { mode: 'form', message: 'Who?', requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } } } as const
const HOUR = { cacheTtl: 3_600_000, cacheScope: 'public' } as const
const HOUR_HINTS = { ttlMs: 3_600_000, cacheScope: 'public' }
const NO_HINTS = { ttlMs: 0, cacheScope: 'private' }

const newShop = (options: Parameters<typeof newServer>[0] = {}) =>
  newServer(options)
    .tool('t', {}, () => 'ok')
    .tool('t2', {}, () => 'ok')
    .prompt('p', { args: { a: z.string().optional() }, complete: { a: () => ['x'] } }, () => 'ok')
    .prompt('p2', {}, () => 'ok')
    .resource('shop://plain', {}, () => 'plain')
    .resource('shop://hour', HOUR, () => 'hour')
    .resource('shop://second', { cacheTtl: 1000 }, () => 'second')
    .resource('shop://everyone', { cacheScope: 'public' }, () => 'everyone')
    .resource('shop://whole', HOUR, () => resourceResult({ ...{ ttlMs: 5, cacheScope: 'private' }, contents: [{ uri: 'shop://whole', text: 'whole' }] }))
    .resource('shop://gone', HOUR, () => undefined)
    .resource('shop://orders/{order}', HOUR, ({ order }) => order)
    .resource('shop://users/{user}', {}, ({ user }) => user)
    .resource('shop://mine', HOUR, async (_, { elicit, can }) => (can('elicitation') ? elicit('who', 'Who?', { name: z.string() }).then(({ action }) => action) : 'nobody'))
    .resource('shop://form', HOUR, (_, { inputs, state }) => (state === undefined ? inputRequired({ who: QUESTION }, 'asked') : JSON.stringify(inputs)))

const LISTS = ['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list']
const OTHERS: [string, Json][] = [
  ['tools/call', { name: 't' }],
  ['prompts/get', { name: 'p' }],
  ['completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: '' } }],
]
const hintsOf = ({ ttlMs, cacheScope }: Json) => ({ ttlMs, cacheScope })

describe.each(modernWays)('$name', ({ open }) => {
  const readHints = async (uri: string, options?: Json) => hintsOf(await (await open(newShop(options))).result('resources/read', { uri }))

  test.each(LISTS)('%s is not cacheable by default [C130]', async (method) => {
    expect(hintsOf(await (await open(newShop())).result(method))).toEqual(NO_HINTS)
    expect(hintsOf(await (await open(newShop(HOUR))).result(method))).toEqual(HOUR_HINTS)
    expect(hintsOf(await (await open(newShop({ cacheTtl: 5 }))).result(method))).toEqual({ ttlMs: 5, cacheScope: 'private' })
    expect(hintsOf(await (await open(newShop({ cacheScope: 'public' }))).result(method))).toEqual({ ttlMs: 0, cacheScope: 'public' })
  })

  test.each(LISTS.slice(1))('%s has the same hints on every page [C130]', async (method) => {
    const client = await open(newShop({ ...HOUR, pageSize: 1 }))
    let cursor: unknown
    let pages = 0
    do {
      const result = await client.result(method, cursor === undefined ? {} : { cursor })
      expect(hintsOf(result)).toEqual(HOUR_HINTS)
      cursor = result.nextCursor
      pages++
    } while (cursor !== undefined)
    expect(pages).toBeGreaterThan(1)
  })

  test.each(OTHERS)('%s has no hints [C130]', async (method, params) => {
    const result = await (await open(newShop(HOUR))).result(method, params)
    for (const key of ['ttlMs', 'cacheScope']) expect(result).not.toHaveProperty(key)
  })

  test.each([
    ['shop://plain', NO_HINTS],
    ['shop://users/7', NO_HINTS],
    ['shop://hour', HOUR_HINTS],
    ['shop://orders/7', HOUR_HINTS],
    ['shop://whole', HOUR_HINTS],
    ['shop://second', { ttlMs: 1000, cacheScope: 'private' }],
    ['shop://everyone', { ttlMs: 0, cacheScope: 'public' }],
  ])('%s has the cache hints of its resource, whatever the lists have [C130]', async (uri, hints) => {
    expect(await readHints(uri)).toEqual(hints)
    expect(await readHints(uri, { cacheTtl: 7, cacheScope: 'public' })).toEqual(hints)
  })

  test('an error has no hints', async () => {
    const error = await (await open(newShop(HOUR))).error('resources/read', { uri: 'shop://gone' })
    expect(Object.keys(error)).toEqual(['code', 'message', 'data'])
  })

  test.each(['shop://mine', 'shop://form'])('%s: neither an input request nor the result after it is cacheable [C68] [C130]', async (uri) => {
    const client = await open(newShop(), { capabilities: { elicitation: {} } })
    const asked = await client.result('resources/read', { uri })
    expect(asked.resultType).toBe('input_required')
    for (const key of ['ttlMs', 'cacheScope']) expect(asked).not.toHaveProperty(key)
    const inputResponses = { who: { action: 'accept', content: { name: 'Ann' } } }
    const answered = await client.result('resources/read', { uri, inputResponses, requestState: asked.requestState })
    expect(hintsOf(answered)).toEqual(NO_HINTS)
  })

  test('a resource that did not request input keeps its hints [C130]', async () => {
    expect(await readHints('shop://mine')).toEqual(HOUR_HINTS)
  })

  test('unrequested responses also make the result private [C130]', async () => {
    const client = await open(newShop())
    expect(hintsOf(await client.result('resources/read', { uri: 'shop://hour', inputResponses: { who: { action: 'accept' } } }))).toEqual(NO_HINTS)
  })
})

describe.each(legacyWays)('$name', ({ open }) => {
  test('legacy results have no hints, whatever the server configures [C130]', async () => {
    const client = await open(newShop(HOUR))
    for (const method of LISTS.slice(1)) await client.result(method)
    for (const uri of ['shop://hour', 'shop://whole', 'shop://orders/7', 'shop://plain']) await client.result('resources/read', { uri })
    for (const [method, params] of OTHERS) await client.result(method, params)
    expect(JSON.stringify(client.received)).not.toMatch(/ttl|cache/i)
  })
})

describe.each(everywhere)('$name', ({ open }) => {
  test('hints do not change the contents', async () => {
    const client = await open(newShop(HOUR))
    for (const uri of ['shop://hour', 'shop://hour']) expect(await client.result('resources/read', { uri })).toMatchObject({ contents: [{ uri, text: 'hour' }] })
  })
})

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a TTL of %d throws where it is written [C130]', (cacheTtl) => {
  expect(() => newServer({ cacheTtl })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_CACHE' }))
  expect(() => newServer().resource('shop://x', { cacheTtl }, () => 'x')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_CACHE' }))
  expect(() => newServer().resource('shop://{x}', { cacheTtl }, () => 'x')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_CACHE' }))
})
