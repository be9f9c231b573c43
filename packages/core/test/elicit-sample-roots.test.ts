/** Questions within one run of a handler: what is open, what is answered, and what a form may say. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ClientCapabilities } from '../src/protocol/types/base-types.ts'
import type { InputRequest } from '../src/protocol/types/input-types.ts'
import { Inputs, inputRequired } from '../src/context/input-requests.ts'
import { isInputRequired } from '../src/definition/brand.ts'
import { acceptResponses, emptyReplayState, nextRound } from '../src/context/replay-state.ts'
import { createElicit, createRoots, createSample } from '../src/context/elicit-sample-roots.ts'

const ASKABLE = { elicitation: { form: {}, url: {} }, sampling: { tools: {}, context: {} }, roots: {} }
const ROOTS: InputRequest = { method: 'roots/list' }

/** A run of a handler; the second one, after the client has responded to the requests of the first, if there are responses. */
async function inputs(responses: Record<string, unknown> = {}, { asksAgain = true, capabilities = ASKABLE as ClientCapabilities } = {}): Promise<Inputs> {
  const memory = emptyReplayState()
  const first = new Inputs(memory, ASKABLE, { asksAgain })
  for (const key of Object.keys(responses)) first.ask(key, ROOTS, slowlyNothing).catch(() => {})
  const requests = await first.questions()
  if (requests) nextRound(memory, requests)
  acceptResponses(memory, responses)
  return new Inputs(memory, capabilities, { asksAgain })
}
const keysOf = async (run: Inputs): Promise<string[]> => Object.keys((await run.questions())?.inputRequests ?? {})
const slowlyNothing = async (): Promise<undefined> => {
  await new Promise(setImmediate)
}

type Read = (answer: Record<string, unknown>) => unknown

/** What a question makes of an answer. */
async function read(question: (ask: Parameters<typeof createRoots>[0]) => Promise<unknown>, answer: Record<string, unknown>): Promise<unknown> {
  return question((async (_key: string, _question: InputRequest, take: Read) => take(answer)) as never)
}

const schemaOf = (form: object): unknown => {
  let schema: unknown
  void createElicit((async (_key: string, { params }: { params: { requestedSchema: unknown } }) => void (schema = params.requestedSchema)) as never)('q', 'm', form as never)
  return schema
}
const fieldOf = (field: z.ZodType): unknown => (schemaOf({ f: field }) as { properties: { f: unknown } }).properties.f
const nameOf = (error: unknown): string => (error as Error).name

describe('a run', () => {
  test('without input requests sends none', async () => {
    expect(await (await inputs()).questions()).toBeUndefined()
  })

  test('rejects a request without a response, and stores the request', async () => {
    const run = await inputs()
    expect(await run.ask('a', ROOTS, (answer) => answer).catch(nameOf)).toBe('Unanswered')
    void run.ask('b', ROOTS, (answer) => answer)
    expect(await run.questions()).toEqual(inputRequired({ a: ROOTS, b: ROOTS }))
  })

  test('resolves with a response', async () => {
    const run = await inputs({ a: { x: 1 } })
    expect(await run.ask('a', ROOTS, ({ x }) => x)).toBe(1)
    expect(await run.questions()).toBeUndefined()
  })

  test.each(['constructor', '__proto__', 'toString'])('finds no response to %s', async (key) => {
    const run = await inputs()
    expect(await run.ask(key, ROOTS, (answer) => answer).catch(nameOf)).toBe('Unanswered')
    expect(await keysOf(run)).toEqual([key])
  })

  test.each(['constructor', '__proto__', 'toString'])('reads the response to %s', async (key) => {
    const run = await inputs(JSON.parse(`{"${key}":{"x":1}}`))
    expect(await run.ask(key, ROOTS, ({ x }) => x)).toBe(1)
  })

  test('repeats a request with an invalid response, even if nothing awaits it and validation is asynchronous', async () => {
    const run = await inputs({ a: { x: 1 } })
    void run.ask('a', ROOTS, slowlyNothing)
    void run.ask('b', ROOTS, slowlyNothing)
    expect((await keysOf(run)).toSorted()).toEqual(['a', 'b'])
  })

  test('rejects an invalid response if the request cannot be repeated', async () => {
    const run = await inputs({ a: { x: 1 } }, { asksAgain: false })
    await expect(run.ask('a', ROOTS, () => undefined)).rejects.toThrow('"a"')
    expect(await run.questions()).toBeUndefined()
  })

  test('rejects with the error in a response', async () => {
    const run = await inputs({ a: new RangeError('No') })
    await expect(run.ask('a', ROOTS, (answer) => answer)).rejects.toThrow(RangeError)
    expect(await run.questions()).toBeUndefined()
  })

  test('rejects a request that the client does not support, and does not store it', async () => {
    const run = await inputs({}, { capabilities: {} })
    expect(await run.ask('a', ROOTS, (answer) => answer).catch(nameOf)).toBe('MissingCapabilityError')
    expect(await run.questions()).toBeUndefined()
  })

  test('uses an existing response, whatever the client supports now', async () => {
    const run = await inputs({ a: { x: 1 } }, { capabilities: {} })
    expect(await run.ask('a', ROOTS, ({ x }) => x)).toBe(1)
  })
})

describe('a step', () => {
  test('runs once and is stored, also without a value', async () => {
    const memory = emptyReplayState()
    let done = 0
    for (let runs = 0; runs < 3; runs++) {
      const run = new Inputs(memory, ASKABLE, { asksAgain: true })
      expect(await Promise.all([run.step('s', () => ++done), run.step('s', () => ++done)])).toEqual([1, 1])
      expect(await run.step('void', () => {})).toBeUndefined()
    }
    expect(memory.steps).toEqual({ s: { value: 1 }, void: { value: undefined } })
  })

  test('that still runs while a request is open is awaited, and so are its own requests', async () => {
    const memory = emptyReplayState()
    const run = new Inputs(memory, ASKABLE, { asksAgain: true })
    const chain = async (): Promise<void> => {
      await run.step('one', () => new Promise((resolve) => setImmediate(resolve, 1)))
      await run.step('two', () => new Promise((resolve) => setImmediate(resolve, 2)))
      await run.ask('b', ROOTS, (answer) => answer)
    }
    const ended = chain().catch(nameOf)
    void run.ask('a', ROOTS, (answer) => answer)
    expect(await keysOf(run)).toEqual(['a', 'b'])
    expect(memory.steps).toEqual({ one: { value: 1 }, two: { value: 2 } })
    expect(await ended).toBe('Unanswered')
  })

  test('that keeps running without an open request delays nothing', async () => {
    const run = await inputs()
    void run.step('s', () => new Promise(() => {}))
    expect(await run.questions()).toBeUndefined()
  })

  test('that throws is not stored', async () => {
    const memory = emptyReplayState()
    const run = new Inputs(memory, ASKABLE, { asksAgain: true })
    await expect(run.step('s', () => Promise.reject(new Error('No')))).rejects.toThrow('No')
    await expect(run.step('t', () => { throw new Error('Nor') })).rejects.toThrow('Nor')
    expect(memory.steps).toEqual({})
  })
})

describe('inputRequired()', () => {
  test('has requests and state', () => {
    expect({ ...inputRequired({ a: ROOTS }) }).toMatchObject({ resultType: 'input_required', inputRequests: { a: ROOTS } })
    expect(inputRequired({}, '')).toMatchObject({ resultType: 'input_required', inputRequests: {}, requestState: '' })
    expect([inputRequired({}), { resultType: 'complete' }, null, 'input_required', undefined].map(isInputRequired)).toEqual([true, false, false, false, false])
  })

  test('is bounded in rounds, and keeps its last state', () => {
    const memory = emptyReplayState()
    for (let round = 1; round <= 10; round++) nextRound(memory, inputRequired({}, round === 10 ? undefined : String(round)))
    expect([memory.rounds, memory.state]).toEqual([10, '9'])
    expect(() => nextRound(memory, inputRequired({}))).toThrow('Internal error')
  })
})

describe('responses of a legacy client', () => {
  test('are bounded in size, over all rounds of a call [case 44]', async () => {
    const memory = emptyReplayState()
    const half = { content: 'x'.repeat(8 * 1024 * 1024) }
    const round = async (key: string): Promise<void> => {
      const run = new Inputs(memory, ASKABLE, { asksAgain: true })
      run.ask(key, ROOTS, () => undefined).catch(() => {})
      nextRound(memory, (await run.questions()) ?? inputRequired({}))
      acceptResponses(memory, { [key]: half })
    }
    await round('a')
    await expect(round('b')).rejects.toMatchObject({ code: -32600, message: expect.stringContaining('16777216') })
  })
})

describe('a response', () => {
  test.each([
    [{ action: 'accept', content: { n: 1 } }, { action: 'accept', value: { n: 1 } }],
    [{ action: 'accept', content: { n: 1, more: 2 } }, { action: 'accept', value: { n: 1 } }],
    [{ action: 'accept', content: { n: '1' } }, undefined],
    [{ action: 'accept', content: null }, undefined],
    [{ action: 'accept', content: [] }, undefined],
    [{ action: 'accept', content: 'n' }, undefined],
    [{ action: 'accept' }, undefined],
    [{ action: 'decline', content: { n: 'ignored' } }, { action: 'decline' }],
    [{ action: 'cancel' }, { action: 'cancel' }],
    [{ action: 'Accept', content: { n: 1 } }, undefined],
    [{ content: { n: 1 } }, undefined],
    [{}, undefined],
  ])('to a form: %j [C149]', async (answer, value) => {
    expect(await read((ask) => createElicit(ask)('q', 'm', { n: z.number() }), answer)).toEqual(value)
  })

  test.each([
    [{ role: 'assistant', content: { type: 'text', text: '' }, model: 'm' }, true],
    [{ role: 'assistant', content: [], model: 'm' }, true],
    [{ role: 'assistant', content: { type: 'text', text: '' } }, false],
    [{ role: 'assistant', model: 'm' }, false],
    [{}, false],
  ])('of a model: %j', async (answer, fits) => {
    expect(await read((ask) => createSample(ask)('q', { messages: [], maxTokens: 1 }), answer)).toEqual(fits ? answer : undefined)
  })

  test.each([
    [{ roots: [] }, true],
    [{ roots: [{ uri: 'file:///a', name: 'a' }] }, true],
    [{ roots: [{ name: 'a' }] }, false],
    [{ roots: ['file:///a'] }, false],
    [{ roots: null }, false],
    [{}, false],
  ])('with folders: %j [C150]', async (answer: Record<string, unknown>, fits) => {
    expect(await read((ask) => createRoots(ask)(), answer)).toEqual(fits ? answer.roots : undefined)
  })
})

describe('a form', () => {
  test.each([
    [z.string(), { type: 'string' }],
    [z.string().min(1).max(2), { type: 'string', minLength: 1, maxLength: 2 }],
    [z.string().regex(/x/), { type: 'string' }],
    [z.email(), { type: 'string', format: 'email' }],
    [z.url(), { type: 'string', format: 'uri' }],
    [z.iso.date(), { type: 'string', format: 'date' }],
    [z.iso.datetime(), { type: 'string', format: 'date-time' }],
    [z.uuid(), { type: 'string' }],
    [z.number().min(0.5), { type: 'number', minimum: 0.5 }],
    [z.number().positive(), { type: 'number' }],
    [z.int().min(1).max(3), { type: 'integer', minimum: 1, maximum: 3 }],
    [z.boolean().meta({ title: 'T', description: 'D' }), { type: 'boolean', title: 'T', description: 'D' }],
    [z.string().default('x'), { type: 'string', default: 'x' }],
    [z.enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
    [z.literal('yes'), { type: 'string', enum: ['yes'] }],
    [z.literal(['a', 'b']), { type: 'string', enum: ['a', 'b'] }],
    [z.literal(5), { type: 'string', enum: ['5'] }],
    [z.enum({ Low: 1, High: 2 }).default(2), { type: 'string', enum: ['1', '2'], default: '2' }],
    [z.literal(true), { type: 'string', enum: ['true'] }],
    [z.literal(['a', 1]), { type: 'string', enum: ['a', '1'] }],
    [z.union([z.literal('a'), z.enum(['b', 'c'])]), { type: 'string', enum: ['a', 'b', 'c'] }],
    [z.union([z.literal(1).meta({ title: 'One' }), z.literal(2)]), { type: 'string', oneOf: [{ const: '1', title: 'One' }, { const: '2', title: '2' }] }],
    [z.literal('yes').meta({ title: 'Agreed' }), { type: 'string', title: 'Agreed', enum: ['yes'] }],
    [z.enum(['a', 'b']).meta({ id: 'Letters', title: 'L' }), { type: 'string', title: 'L', enum: ['a', 'b'] }],
    [z.array(z.literal([1, 2])).default([1]), { type: 'array', items: { type: 'string', enum: ['1', '2'] }, default: ['1'] }],
    [z.array(z.literal('a')).min(1), { type: 'array', items: { type: 'string', enum: ['a'] }, minItems: 1 }],
    [z.union([z.literal('a').meta({ title: 'A' }), z.literal('b')]), { type: 'string', oneOf: [{ const: 'a', title: 'A' }, { const: 'b', title: 'b' }] }],
    [z.array(z.enum(['a', 'b'])).max(1), { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, maxItems: 1 }],
    [z.array(z.union([z.literal('a').meta({ title: 'A' }), z.literal('b')])), { type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }, { const: 'b', title: 'b' }] } }],
  ])('sends everything that the specification allows in a field [C144]', (field, schema) => {
    expect(fieldOf(field)).toEqual(schema)
  })

  test.each([
    ['an object', z.object({ a: z.string() }), 'member'],
    ['a union of types', z.union([z.string(), z.number()]), 'z.enum'],
    ['null', z.null(), 'optional'],
    ['a nullable text', z.string().nullable(), 'optional'],
    ['a nullable boolean', z.boolean().nullable(), 'optional'],
    ['a nullable choice', z.enum(['a', 'b']).nullable(), 'optional'],
    ['a record', z.record(z.string(), z.string()), 'member'],
    ['anything', z.unknown(), 'z.enum'],
    ['a list of texts', z.array(z.string()), 'z.array(z.enum('],
    ['a list of objects', z.array(z.object({})), 'z.array(z.enum('],
    ['a choice whose options look the same', z.literal(['1', 1]), 'z.enum'],
  ])('rejects %s: the error names the field and a replacement [C144] [case 33]', (_, field, remedy) => {
    const message = expect.stringMatching(/"q".*"f"/)
    expect(() => schemaOf({ f: field })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_FORM', message }))
    expect(() => schemaOf({ f: field })).toThrow(remedy)
  })

  test.each([
    ['a text', z.string()],
    ['a record', z.record(z.string(), z.string())],
    ['a union of objects', z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })])],
  ])('must be an object with fields, not %s [case 33]', (_, form) => {
    expect(() => schemaOf(form)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_FORM', message: expect.stringContaining('"q"') }))
  })

  test('can have no fields: the user only accepts', () => {
    expect(schemaOf({})).toEqual({ type: 'object', properties: {} })
  })

  test.each([
    ['texts', { level: '2', sure: 'true', tags: ['1', '3'] }, { level: 2, sure: true, tags: [1, 3] }],
    ['the values themselves', { level: 2, sure: true, tags: [1] }, { level: 2, sure: true, tags: [1] }],
    ['something else', { level: '3', sure: 'true', tags: [] }, undefined],
    ['a value of another field', { level: 'true', sure: 'true', tags: [] }, undefined],
  ])('gives the handler the values of its choices for %s [case 33]', async (_, content, value) => {
    const form = { level: z.literal([1, 2]), sure: z.literal(true), tags: z.array(z.literal([1, 3])) }
    expect(await read((ask) => createElicit(ask)('q', 'm', form), { action: 'accept', content })).toEqual(value && { action: 'accept', value })
  })

  test('requires fields without a default that are not optional [C144]', () => {
    expect(schemaOf({ a: z.string(), b: z.string().optional(), c: z.boolean().default(true) })).toMatchObject({ type: 'object', required: ['a'] })
    expect(schemaOf({ b: z.string().optional() })).not.toHaveProperty('required')
  })

  test.each(['', 'example.com', '/pay', 'not an address'])('is not a URL elicitation, whose URL must be absolute: %j [C144]', (url) => {
    expect(() => schemaOf({ url })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_URL' }))
  })

  test('can have a field named url', () => {
    expect(schemaOf({ url: z.url() })).toMatchObject({ properties: { url: { type: 'string', format: 'uri' } } })
  })
})
