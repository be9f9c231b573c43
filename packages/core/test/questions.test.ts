/** Questions within one run of a handler: what is open, what is answered, and what a form may say. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { ClientCapabilities } from '../src/protocol/types/base.ts'
import type { InputRequest } from '../src/protocol/types/input.ts'
import { emptyMemory, Inputs, inputRequired, isInputRequired, nextRound, type Memory } from '../src/server/input.ts'
import { createElicit, createRoots, createSample } from '../src/server/questions.ts'

const ASKABLE = { elicitation: { form: {}, url: {} }, sampling: { tools: {}, context: {} }, roots: {} }
const ROOTS: InputRequest = { method: 'roots/list' }

const inputs = (answers: Memory['answers'] = {}, { asksAgain = true, capabilities = ASKABLE as ClientCapabilities } = {}): Inputs => new Inputs({ ...emptyMemory(), answers }, capabilities, { asksAgain })
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
  test('that asks nothing has no questions', async () => {
    expect(await inputs().questions()).toBeUndefined()
  })

  test('rejects what is not answered, and keeps it to be asked', async () => {
    const run = inputs()
    expect(await run.ask('a', ROOTS, (answer) => answer).catch(nameOf)).toBe('Unanswered')
    void run.ask('b', ROOTS, (answer) => answer)
    expect(await run.questions()).toEqual(inputRequired({ a: ROOTS, b: ROOTS }))
  })

  test('resolves what is answered', async () => {
    const run = inputs({ a: { x: 1 } })
    expect(await run.ask('a', ROOTS, ({ x }) => x)).toBe(1)
    expect(await run.questions()).toBeUndefined()
  })

  test.each(['constructor', '__proto__', 'toString'])('knows no answer to %s that was not given', async (key) => {
    const run = inputs()
    expect(await run.ask(key, ROOTS, (answer) => answer).catch(nameOf)).toBe('Unanswered')
  })

  test('asks again for an answer that does not fit, also if nobody waits for it, and it takes time to find out', async () => {
    const run = inputs({ a: { x: 1 } })
    void run.ask('a', ROOTS, slowlyNothing)
    void run.ask('b', ROOTS, slowlyNothing)
    expect((await keysOf(run)).toSorted()).toEqual(['a', 'b'])
  })

  test('rejects an answer that does not fit where it cannot be asked again', async () => {
    const run = inputs({ a: { x: 1 } }, { asksAgain: false })
    await expect(run.ask('a', ROOTS, () => undefined)).rejects.toThrow('The answer to question "a" does not fit it')
    expect(await run.questions()).toBeUndefined()
  })

  test('rejects with the error that came for an answer', async () => {
    const run = inputs({ a: new RangeError('No') })
    await expect(run.ask('a', ROOTS, (answer) => answer)).rejects.toThrow(RangeError)
    expect(await run.questions()).toBeUndefined()
  })

  test('rejects what the client cannot be asked, and does not keep it', async () => {
    const run = inputs({}, { capabilities: {} })
    expect(await run.ask('a', ROOTS, (answer) => answer).catch(nameOf)).toBe('MissingCapabilityError')
    expect(await run.questions()).toBeUndefined()
  })

  test('uses an answer that it has, whatever the client can be asked by now', async () => {
    const run = inputs({ a: { x: 1 } }, { capabilities: {} })
    expect(await run.ask('a', ROOTS, ({ x }) => x)).toBe(1)
  })
})

describe('a step', () => {
  test('is done once, and remembered, if with nothing', async () => {
    const memory = emptyMemory()
    let done = 0
    for (let runs = 0; runs < 3; runs++) {
      const run = new Inputs(memory, ASKABLE, { asksAgain: true })
      expect(await Promise.all([run.step('s', () => ++done), run.step('s', () => ++done)])).toEqual([1, 1])
      expect(await run.step('void', () => {})).toBeUndefined()
    }
    expect(memory.steps).toEqual({ s: { value: 1 }, void: { value: undefined } })
  })

  test('that still runs when a question is open is waited for, and so is what it goes on to ask', async () => {
    const memory = emptyMemory()
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

  test('that runs on with no question open holds nobody up', async () => {
    const run = inputs()
    void run.step('s', () => new Promise(() => {}))
    expect(await run.questions()).toBeUndefined()
  })

  test('that throws is not remembered', async () => {
    const memory = emptyMemory()
    const run = new Inputs(memory, ASKABLE, { asksAgain: true })
    await expect(run.step('s', () => Promise.reject(new Error('No')))).rejects.toThrow('No')
    await expect(run.step('t', () => { throw new Error('Nor') })).rejects.toThrow('Nor')
    expect(memory.steps).toEqual({})
  })
})

describe('the visible form', () => {
  test('holds questions and state', () => {
    expect({ ...inputRequired({ a: ROOTS }) }).toMatchObject({ resultType: 'input_required', inputRequests: { a: ROOTS } })
    expect(inputRequired({}, '')).toMatchObject({ resultType: 'input_required', inputRequests: {}, requestState: '' })
    expect([inputRequired({}), { resultType: 'complete' }, null, 'input_required', undefined].map(isInputRequired)).toEqual([true, false, false, false, false])
  })

  test('is bounded in its rounds, and keeps its last state', () => {
    const memory = emptyMemory()
    for (let round = 1; round <= 10; round++) nextRound(memory, inputRequired({}, round === 10 ? undefined : String(round)))
    expect([memory.rounds, memory.state]).toEqual([10, '9'])
    expect(() => nextRound(memory, inputRequired({}))).toThrow('Internal error')
  })
})

describe('an answer', () => {
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
    [z.union([z.literal('a').meta({ title: 'A' }), z.literal('b')]), { type: 'string', oneOf: [{ const: 'a', title: 'A' }, { const: 'b', title: 'b' }] }],
    [z.array(z.enum(['a', 'b'])).max(1), { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, maxItems: 1 }],
    [z.array(z.union([z.literal('a').meta({ title: 'A' }), z.literal('b')])), { type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }, { const: 'b', title: 'b' }] } }],
  ])('says what the specification allows in a field [C144]', (field, schema) => {
    expect(fieldOf(field)).toEqual(schema)
  })

  test.each([z.object({ a: z.string() }), z.union([z.string(), z.number()]), z.null(), z.record(z.string(), z.string()), z.unknown()])('has no fields of any other kind [C144]', (field) => {
    expect(() => schemaOf({ f: field })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_FORM' }))
  })

  test('requires what has no default and is not optional [C144]', () => {
    expect(schemaOf({ a: z.string(), b: z.string().optional(), c: z.boolean().default(true) })).toMatchObject({ type: 'object', required: ['a'] })
    expect(schemaOf({ b: z.string().optional() })).not.toHaveProperty('required')
  })

  test.each(['', 'example.com', '/pay', 'not an address'])('is not a page, whose address must be absolute: %j [C144]', (url) => {
    expect(() => schemaOf({ url })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_URL' }))
  })

  test('may have a field that is called url', () => {
    expect(schemaOf({ url: z.url() })).toMatchObject({ properties: { url: { type: 'string', format: 'uri' } } })
  })
})
