/** `completion/complete`: values for the arguments of prompts and the variables of templates. */
import { describe, expect, test } from 'vitest'
import { McpError } from '@gangway/core'
import { z } from 'zod'
import { connect, everywhere, serve } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const CITIES = ['Paris', 'Palermo', 'Lima']
const starting = (value: string) => CITIES.filter((city) => city.startsWith(value))

const server = newServer()
  .prompt('travel', { args: { city: z.string(), day: z.string().optional(), plain: z.string().optional() }, complete: { city: starting, day: async (value) => new Set(['Monday', 'Sunday', value]) } }, () => 'go')
  .prompt('alone', { args: { city: z.string() } }, () => 'go')
  .prompt('many', {
    args: { exact: z.string(), over: z.string(), none: z.string(), denied: z.string(), broken: z.string(), lazy: z.string() },
    complete: {
      exact: () => Array.from({ length: 100 }, (_, index) => `v${index}`),
      over: () => Array.from({ length: 101 }, (_, index) => `v${index}`),
      none: () => [],
      lazy: function* () {
        for (let index = 0; index < 250; index++) yield `v${index}`
      },
      denied: () => {
        throw new McpError(-31000, 'Not for you')
      },
      broken: () => {
        throw new Error('The disk at /secret failed')
      },
    },
  }, () => 'go')
  .resource('map://{country}/{city}', { complete: { country: () => ['France', 'Peru'], city: (value, { country }) => starting(value).map((city) => `${country}:${city}`) } }, () => 'here')
  .resource('map://files/{+path}', {}, () => 'here')
  .resource('map://world', {}, () => 'all')

const ask = (ref: unknown, argument: unknown, context?: unknown) => ({ ref, argument, ...(context !== undefined && { context }) })
const ofPrompt = (name: unknown, argument: string, value = '') => ask({ type: 'ref/prompt', name }, { name: argument, value })
const ofTemplate = (uri: unknown, argument: string, value = '', context?: unknown) => ask({ type: 'ref/resource', uri }, { name: argument, value }, context)

describe.each(everywhere)('$name', ({ open, door, revision, modern }) => {
  const complete = async (params: Record<string, unknown>) => (await (await open(server)).result('completion/complete', params)).completion
  const fail = async (params: Record<string, unknown>) => (await open(server)).error('completion/complete', params)

  test('completes the arguments of a prompt by a prefix [C115]', async () => {
    expect(await complete(ofPrompt('travel', 'city', 'Pa'))).toEqual({ values: ['Paris', 'Palermo'], total: 2, hasMore: false })
    expect(await complete(ofPrompt('travel', 'day', 'Tues'))).toEqual({ values: ['Monday', 'Sunday', 'Tues'], total: 3, hasMore: false })
  })

  test('completes the variables of a template, named by its URI or by a matching URI [C115]', async () => {
    expect(await complete(ofTemplate('map://{country}/{city}', 'country'))).toMatchObject({ values: ['France', 'Peru'] })
    expect(await complete(ofTemplate('map://France/Lyon', 'country'))).toMatchObject({ values: ['France', 'Peru'] })
  })

  test('the completer gets the arguments that are already set [C115]', async () => {
    const context = { arguments: { country: 'Peru' } }
    expect(await complete(ofTemplate('map://{country}/{city}', 'city', 'L', context))).toMatchObject({ values: ['Peru:Lima'] })
    expect(await complete(ofTemplate('map://{country}/{city}', 'city', 'L'))).toMatchObject({ values: ['undefined:Lima'] })
    expect(await complete(ofTemplate('map://{country}/{city}', 'city', 'L', {}))).toMatchObject({ values: ['undefined:Lima'] })
  })

  test.each([
    ['exact', 100, 100, false],
    ['over', 100, 101, true],
    ['lazy', 100, 250, true],
    ['none', 0, 0, false],
  ])('%s: %i values at most, of %i [C115]', async (argument, length, total, hasMore) => {
    const { values, ...rest } = (await complete(ofPrompt('many', argument))) as { values: string[] }
    expect(rest).toEqual({ total, hasMore })
    expect(values).toEqual(Array.from({ length }, (_, index) => `v${index}`))
  })

  test.each([
    ofPrompt('travel', 'plain'),
    ofPrompt('travel', 'nobody'),
    ofPrompt('travel', 'constructor'),
    ofPrompt('travel', '__proto__'),
    ofPrompt('travel', ''),
    ofPrompt('alone', 'city'),
    ofTemplate('map://{country}/{city}', 'nobody'),
    ofTemplate('map://files/{+path}', 'path'),
    ofTemplate('map://world', 'city'),
  ])('without a completer there are no values, and no error: %j', async (params) => {
    expect(await complete(params)).toEqual({ values: [], total: 0, hasMore: false })
  })

  test.each([
    ofPrompt('nobody', 'city'),
    ofPrompt('constructor', 'city'),
    ofPrompt('', 'city'),
    ofTemplate('map://{nobody}', 'city'),
    ofTemplate('other://France/Lyon', 'city'),
    ofTemplate('', 'city'),
  ])('an unknown prompt or template is −32602 [C115]: %j', async (params) => {
    expect(await fail(params)).toMatchObject({ code: -32602 })
  })

  test('an overlong URI is −32602', async () => {
    expect(await fail(ofTemplate(`map://files/${'x'.repeat(10_000)}`, 'path'))).toMatchObject({ code: -32602 })
  })

  const prompt = { type: 'ref/prompt', name: 'travel' }
  const city = { name: 'city', value: '' }
  test.each([
    {},
    { argument: city },
    ask(null, city),
    ask('travel', city),
    ask([prompt], city),
    ask({}, city),
    ask({ name: 'travel' }, city),
    ask({ type: 'ref/tool', name: 'travel' }, city),
    ask({ type: 'ref/prompt' }, city),
    ask({ type: 'ref/prompt', uri: 'travel' }, city),
    ask({ type: 'ref/prompt', name: 7 }, city),
    ask({ type: 'ref/resource', name: 'travel' }, city),
    ask({ type: 'ref/resource', uri: null }, city),
    { ref: prompt },
    ask(prompt, null),
    ask(prompt, 'city'),
    ask(prompt, { name: 'city' }),
    ask(prompt, { value: '' }),
    ask(prompt, { name: 7, value: '' }),
    ask(prompt, { name: 'city', value: 7 }),
    ask(prompt, city, []),
    ask(prompt, city, { arguments: ['x'] }),
    ask(prompt, city, { arguments: { day: 7 } }),
  ])('invalid parameters are −32602 [C115]: %j', async (params) => {
    expect(await fail(params)).toMatchObject({ code: -32602 })
  })

  test('an unexpected error is −32603 and masked; a protocol error passes [C115]', async () => {
    expect(await fail(ofPrompt('many', 'broken'))).toMatchObject({ code: -32603, message: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/) })
    expect(await fail(ofPrompt('many', 'denied'))).toEqual({ code: -31000, message: 'Not for you' })
  })

  test('the capability is declared if there is a completer, to revisions that have it [C115]', async () => {
    const client = await connect(await serve(door, server), revision)
    const { capabilities } = modern ? await client.result('server/discover') : await client.initialize()
    if (revision === '2024-11-05') expect(capabilities).not.toHaveProperty('completions')
    else expect(capabilities).toMatchObject({ completions: {} })
  })

  test('without a completer, there is neither the capability nor the method [C115]', async () => {
    const plain = newServer().prompt('alone', { args: { city: z.string() } }, () => 'go')
    const client = await connect(await serve(door, plain), revision)
    const { capabilities } = modern ? await client.result('server/discover') : await client.initialize()
    expect(capabilities).not.toHaveProperty('completions')
    expect(await client.error('completion/complete', ofPrompt('alone', 'city'))).toMatchObject({ code: -32601 })
  })
})
