/** A handler runs again from the top for each round of input requests: every response counts for the request that it was given to, and for no other. */
import { inputRequired, type RequestContext } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accept, answering, ASKABLE, DECLINE, rooted, type Question } from '../harness/answering.ts'
import { everywhere, modernWays, type Way } from '../harness/index.ts'
import type { Json } from '../harness/message.ts'
import { newServer, textOf } from '../harness/server.ts'

const inMemory = ({ door, revision }: Way): boolean => door === 'memory' && revision >= '2025-11-25'
const ways = everywhere.filter(inMemory)
const modern = modernWays.filter(inMemory)

const YES = { yes: z.boolean() }
const messageOf = ({ params }: Question): string => String(params.message)

const keysOf = ({ inputRequests }: Json): string[] => Object.keys(inputRequests as Json)

/** Accepts with the text of the message, so that a response shows what it was given to. */
const echo = (question: Question): Json => accept({ text: messageOf(question) })
const ECHO = { text: z.string() }

const pageOf = (message: string) => ({ q: { method: 'elicitation/create' as const, params: { message, requestedSchema: { type: 'object', properties: { text: { type: 'string' } } } } } })

const ignore = (): void => {}

async function ask({ open }: Way, handler: (ctx: RequestContext) => Promise<unknown> | unknown, answer: (question: Question, index: number) => Json | undefined = echo) {
  const log: { message: string; err?: Error }[] = []
  const logger = { debug: ignore, info: ignore, warn: ignore, error: (fields: object, message = '') => void log.push({ message, ...fields }) }
  const server = newServer({ logger }).tool('t', {}, async (_, ctx) => (await handler(ctx)) as string)
  const client = await open(server, { capabilities: ASKABLE })
  const { result, error, questions } = await answering(client, 'tools/call', { name: 't' }, answer)
  return { text: result && textOf(result), result, error, asked: questions.map(messageOf), questions, log }
}

describe.each(ways)('$name', (way) => {
  test('a loop that elicits each item under one key elicits every item [case 3]', async () => {
    const { text, asked } = await ask(
      way,
      async ({ elicit }) => {
        const deleted: string[] = []
        for (const file of ['a', 'b', 'c']) {
          const { value } = await elicit('confirm', `Delete ${file}?`, YES)
          if (value?.yes) deleted.push(file)
        }
        return deleted.join()
      },
      (question) => (messageOf(question) === 'Delete b?' ? accept({ yes: false }) : accept({ yes: true })),
    )
    expect([text, asked]).toEqual(['a,c', ['Delete a?', 'Delete b?', 'Delete c?']])
  })

  test('concurrent requests under one key, in another order in each run, get their own responses [case 3]', async () => {
    let runs = 0
    const { text, asked } = await ask(way, async ({ elicit }) => {
      const files = runs++ % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'a', 'b']
      const first = await Promise.all(files.map(async (file) => [file, (await elicit('confirm', file, ECHO)).value?.text]))
      const second = await Promise.all(files.toReversed().map(async (file) => [file, (await elicit('confirm', `${file}!`, ECHO)).value?.text]))
      return JSON.stringify([...first, ...second].toSorted())
    })
    expect(JSON.parse(String(text))).toEqual([['a', 'a'], ['a', 'a!'], ['b', 'b'], ['b', 'b!'], ['c', 'c'], ['c', 'c!']])
    expect(asked.toSorted()).toEqual(['a', 'a!', 'b', 'b!', 'c', 'c!'])
    expect(runs).toBe(3)
  })

  test('exact duplicates are separate requests, numbered in order [case 3]', async () => {
    const { text, questions } = await ask(
      way,
      async ({ elicit }) => {
        const one = await elicit('roll', 'Roll', { n: z.number() })
        const more = await Promise.all([elicit('roll', 'Roll', { n: z.number() }), elicit('roll', 'Roll', { n: z.number() })])
        return [one, ...more].map(({ value }) => value?.n).join()
      },
      (_, index) => accept({ n: index }),
    )
    expect([text, questions.length]).toEqual(['0,1,2', 3])
  })

  test('a form that is repeated until it is valid is sent each time [case 3]', async () => {
    const { text, asked } = await ask(
      way,
      async ({ elicit }) => {
        for (;;) {
          const { value } = await elicit('name', 'Your name?', ECHO)
          if (value?.text.startsWith('A')) return value.text
        }
      },
      (_, index) => accept({ text: ['Bob', 'Cid', 'Ada'][index] }),
    )
    expect([text, asked.length]).toEqual(['Ada', 3])
  })

  test('one key with two forms, or two kinds of request, is two requests [case 3]', async () => {
    const { text, questions } = await ask(
      way,
      async ({ elicit, sample, roots }) => {
        const one = await elicit('q', 'Which?', { n: z.number() })
        const two = await elicit('q', 'Which?', { s: z.string() })
        const page = await elicit('q', 'Which?', { url: 'https://example.com/' })
        const { model } = await sample('q', { messages: [{ role: 'user', content: { type: 'text', text: 'Which?' } }], maxTokens: 1 })
        return JSON.stringify([one.value, two.value, page.action, model, await roots('q')])
      },
      ({ method, params }) => {
        if (method === 'roots/list') return rooted('file:///a')
        if (method === 'sampling/createMessage') return { role: 'assistant', content: { type: 'text', text: '' }, model: 'm' }
        const { requestedSchema } = params as { requestedSchema?: { properties: object } }
        if (!requestedSchema) return DECLINE
        return accept('n' in requestedSchema.properties ? { n: 1 } : { s: 'one' })
      },
    )
    expect([JSON.parse(String(text)), questions.length]).toEqual([[{ n: 1 }, { s: 'one' }, 'decline', 'm', [{ uri: 'file:///a' }]], 5])
  })

  test('roots are requested once per call, however often a handler reads them', async () => {
    const { text, questions } = await ask(way, async ({ roots }) => JSON.stringify([...(await roots()), ...(await roots())]), () => rooted('file:///a'))
    expect([text, questions.length]).toEqual(['[{"uri":"file:///a"},{"uri":"file:///a"}]', 1])
  })

  test('a key that looks like a numbered key is a separate key [case 3]', async () => {
    const { text, asked } = await ask(way, async ({ elicit }) => {
      const together = await Promise.all([elicit('confirm', 'one', ECHO), elicit('confirm', 'two', ECHO), elicit('confirm#2', 'three', ECHO), elicit('confirm#2', 'four', ECHO)])
      const later = await elicit('confirm#2#2', 'five', ECHO)
      return [...together, later].map(({ value }) => value?.text).join()
    })
    expect([text, asked]).toEqual(['one,two,three,four,five', ['one', 'two', 'three', 'four', 'five']])
  })

  test('a message that changes in every run is sent three times, and then fails with the key and the fix [case 3]', async () => {
    let runs = 0
    const { text, asked, result, error, log } = await ask(way, async ({ elicit }) => (await elicit('confirm', `It is ${runs++}. Go?`, ECHO)).action)
    expect(asked).toEqual(['It is 0. Go?', 'It is 1. Go?', 'It is 2. Go?'])
    expect(result?.isError ?? error).toBeTruthy()
    const told = [text, ...log.map(({ err }) => err?.message)].join()
    expect(told).toContain('"confirm"')
    expect(told).toContain('ctx.step()')
  })

  test('each key may change twice, and a step keeps its value [case 3]', async () => {
    let runs = 0
    const { text, asked } = await ask(way, async ({ elicit, step }) => {
      const run = runs++
      const first = await elicit('one', `It is ${Math.min(run, 2)}`, ECHO)
      const second = await elicit('two', `It is ${Math.min(run, 5)}`, ECHO)
      const at = await step('now', () => run)
      const third = await elicit('three', `It is ${at}`, ECHO)
      return [first, second, third].map(({ value }) => value?.text).join()
    })
    expect(asked.slice(0, 3)).toEqual(['It is 0', 'It is 1', 'It is 2'])
    expect(text).toBe('It is 2,It is 5,It is 6')
    expect(asked).toHaveLength(7)
  })

  test('a list that shrinks between runs is processed, and each action has its own response [case 3]', async () => {
    const left = ['a', 'b', 'c', 'd', 'e', 'f']
    const done: string[] = []
    const { asked } = await ask(way, async ({ elicit }) => {
      for (const file of [...left]) {
        const { value } = await elicit('confirm', file, ECHO)
        done.push(`${file}=${value?.text}`)
        left.splice(left.indexOf(file), 1)
      }
      return 'ok'
    })
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    expect(done).toEqual(asked.map((file) => `${file}=${file}`))
  })

  test('a list that gains and loses items between runs elicits new items, and no response counts for another item [case 3]', async () => {
    const lists = [['a', 'b'], ['b', 'c'], ['c', 'b', 'a']]
    let runs = 0
    const { text, asked } = await ask(way, async ({ elicit }) => {
      const seen: string[] = []
      for (const file of lists[Math.min(runs++, 2)] ?? []) seen.push(`${file}=${(await elicit('confirm', file, ECHO)).value?.text}`)
      return seen.join()
    })
    expect([text, asked]).toEqual(['c=c,b=b,a=a', ['a', 'b', 'c']])
  })

  test('keys and steps can have any name [case 3]', async () => {
    let done = 0
    const { text } = await ask(way, async ({ elicit, step }) => {
      const values: unknown[] = []
      for (const key of ['__proto__', 'constructor', '', 'a#2', 'a']) values.push(await step(key, () => ++done), (await elicit(key, `about ${key}`, ECHO)).value?.text)
      return JSON.stringify(values)
    })
    expect(JSON.parse(String(text))).toEqual([1, 'about __proto__', 2, 'about constructor', 3, 'about ', 4, 'about a#2', 5, 'about a'])
  })

  test('with inputRequired(), a name that is used again has no response until it gets a new one [case 3]', async () => {
    const seen: unknown[] = []
    const { text } = await ask(way, ({ inputs, state = '0' }) => {
      seen.push((inputs.q as { content?: { text: string } } | undefined)?.content?.text)
      return Number(state) < 3 ? inputRequired(pageOf(`Page ${state}`), String(Number(state) + 1)) : 'done'
    })
    expect([text, seen]).toEqual(['done', [undefined, 'Page 0', 'Page 1', 'Page 2']])
  })
})

describe.each(ways)('$name', (way) => {
  test('thirty consecutive requests all get responses [case 4]', async () => {
    const { text, asked, log } = await ask(way, async ({ elicit }) => {
      let count = 0
      while (count < 30) if ((await elicit('next', `Item ${count}`, ECHO)).value?.text === `Item ${count}`) count++
      return String(count)
    })
    expect([text, asked.length, log]).toEqual(['30', 30, []])
  })

  test('thirty consecutive rounds of inputRequired() all get responses [case 4]', async () => {
    const { text } = await ask(way, ({ inputs, state = '0' }) => {
      const page = Number(state) + (inputs.q ? 1 : 0)
      return page === 30 ? String(page) : inputRequired({ q: { method: 'elicitation/create', params: { message: `Page ${page}`, requestedSchema: { type: 'object', properties: {} } } } }, String(page))
    })
    expect(text).toBe('30')
  })

  test('inputRequired() with one unchanged request stops after ten rounds without a new response [case 4]', async () => {
    const { error, questions } = await ask(way, () => inputRequired({ a: { method: 'roots/list' } }), () => rooted())
    expect([error, questions.length]).toMatchObject([{ code: -32602, message: expect.stringContaining('"a"'), data: { reason: 'no_valid_response' } }, 11])
  })

  test('a handler that returns only state stops after ten rounds [case 4]', async () => {
    let runs = 0
    const { error, log } = await ask(way, () => inputRequired({}, String(runs++)))
    expect([error?.code, runs]).toEqual([-32603, 11])
    expect(log).toHaveLength(1)
  })

  test('at most 64 requests are sent in one round, and the rest in the next rounds [case 44]', async () => {
    const items = Array.from({ length: 150 }, (_, index) => String(index))
    const { open } = way
    const server = newServer()
      .tool('elicit', {}, async (_, { elicit }) => String((await Promise.all(items.map((item) => elicit('q', item, ECHO)))).every(({ value }, index) => value?.text === items[index])))
      .tool('visible', {}, (_, { inputs }) => {
        const missing = items.filter((item) => !inputs[item])
        return missing.length === 0 ? String(Object.keys(inputs).length) : inputRequired(Object.fromEntries(missing.map((item) => [item, { method: 'roots/list' }])))
      })
    const client = await open(server, { capabilities: ASKABLE })
    const rounds: number[] = []
    for (const [name, text] of [['elicit', 'true'], ['visible', '150']] as const) {
      const { result, questions } = await answering(client, 'tools/call', { name }, (question) => (question.method === 'roots/list' ? rooted() : echo(question)))
      expect([textOf(result ?? {}), questions.length]).toEqual([text, 150])
    }
    if (!way.modern) return
    let { result } = await client.request('tools/call', { name: 'visible' })
    for (let id = 0; result?.resultType === 'input_required'; id++) {
      const { inputRequests = {}, requestState } = result as { inputRequests?: Json; requestState?: unknown }
      rounds.push(Object.keys(inputRequests).length)
      const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key) => [key, rooted()]))
      ;({ result } = await client.request('tools/call', { name: 'visible', inputResponses, requestState }, { id: `round ${id}` }))
    }
    expect(rounds).toEqual([64, 64, 22])
  })
})

describe.each(modern)('$name', ({ open }) => {
  const server = newServer()
    .tool('files', {}, async (_, { elicit }) => {
      const texts: unknown[] = []
      for (const file of ['a', 'b']) texts.push((await elicit('confirm', `Delete ${file}?`, ECHO)).value?.text)
      return texts.join()
    })
    .tool('together', {}, async (_, { elicit }) => (await Promise.all(['a', 'b', 'c'].map((file) => elicit('confirm', file, ECHO)))).map(({ value }) => value?.text).join())
    .tool('stubborn', {}, async (_, { elicit }) => (await elicit('q', 'Which?', { n: z.number() })).action)

  test('requests under one key have readable, unique keys [case 3]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    expect(keysOf(await client.call('together'))).toEqual(['confirm', 'confirm#2', 'confirm#3'])
    const first = await client.call('files')
    const second = await client.result('tools/call', { name: 'files', inputResponses: { confirm: accept({ text: 'A' }) }, requestState: first.requestState })
    expect([keysOf(first), keysOf(second)]).toEqual([['confirm'], ['confirm#2']])
  })

  test('a response to no request, or before its request, is ignored [case 3]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const early = { confirm: accept({ text: 'early' }), 'confirm#2': accept({ text: 'early' }), other: accept({ text: 'early' }) }
    const first = await client.result('tools/call', { name: 'files', inputResponses: early })
    expect(first).toMatchObject({ resultType: 'input_required', inputRequests: { confirm: { params: { message: 'Delete a?' } } } })
    const second = await client.result('tools/call', { name: 'files', inputResponses: { ...early, confirm: accept({ text: 'yes' }) }, requestState: first.requestState })
    expect(second).toMatchObject({ resultType: 'input_required', inputRequests: { 'confirm#2': { params: { message: 'Delete b?' } } } })
    const done = await client.result('tools/call', { name: 'files', inputResponses: { confirm: accept({ text: 'changed' }), 'confirm#2': accept({ text: 'no' }) }, requestState: second.requestState })
    expect(textOf(done)).toBe('yes,no')
  })

  test('responses before the first round are visible to inputRequired() only', async () => {
    const visible = newServer().tool('seen', {}, (_, { inputs, state }) => (state === undefined && !inputs.a ? inputRequired({ a: { method: 'roots/list' } }, 'asked') : JSON.stringify(inputs)))
    const client = await open(visible, { capabilities: ASKABLE })
    const inputResponses = { a: rooted('file:///a'), b: 7, c: null }
    expect(textOf(await client.result('tools/call', { name: 'seen', inputResponses }))).toBe(JSON.stringify({ a: rooted('file:///a') }))
    const { requestState } = await client.call('seen')
    expect(textOf(await client.result('tools/call', { name: 'seen', inputResponses: { unasked: rooted() }, requestState }))).toBe('{}')
  })

  test('the state of one request is no response to another [case 3]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const { requestState } = await client.call('files')
    const error = await client.error('tools/call', { name: 'together', inputResponses: { confirm: accept({ text: 'A' }) }, requestState })
    expect(error).toMatchObject({ code: -32602, data: { reason: 'invalid_request_state' } })
  })

  test('responses that arrive out of order, or not at all, are matched by their keys [case 3]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const first = await client.call('together')
    const second = await client.result('tools/call', { name: 'together', inputResponses: { 'confirm#3': accept({ text: 'C' }) }, requestState: first.requestState })
    expect(keysOf(second)).toEqual(['confirm', 'confirm#2'])
    const third = await client.result('tools/call', { name: 'together', inputResponses: { 'confirm#2': accept({ text: 'B' }), confirm: accept({ text: 'A' }) }, requestState: second.requestState })
    expect(textOf(third)).toBe('A,B,C')
  })

  test.each([['no response', {}], ['a response that does not fit', { q: accept({ n: 'x' }) }]])('a client with %s gets an error after ten rounds [case 4]', async (_, inputResponses) => {
    const client = await open(server, { capabilities: ASKABLE })
    let { result, error } = await client.request('tools/call', { name: 'stubborn' })
    let rounds = 0
    for (; result?.resultType === 'input_required'; rounds++) {
      ;({ result, error } = await client.request('tools/call', { name: 'stubborn', inputResponses, requestState: result.requestState }, { id: `round ${rounds}` }))
    }
    expect([rounds, error]).toMatchObject([10, { code: -32602, message: expect.stringContaining('"q"'), data: { reason: 'no_valid_response' } }])
  })
})

describe.each(ways.filter((way) => !way.modern))('$name', (way) => {
  test('a handler that always has another request is stopped, and the log names the bound [case 4]', async () => {
    const { error, asked, log } = await ask(way, async ({ elicit }) => {
      for (let n = 0; ; n++) await elicit('more', `Item ${n}`, ECHO)
    })
    expect([error?.code, asked.length]).toEqual([-32603, 256])
    expect(log.map(({ err }) => err?.message).join()).toContain('256')
  })
})
