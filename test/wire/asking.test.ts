/** Asking the client: forms, pages, models and folders, from tools, prompts and resources, written once for both eras. */
import { inputRequired, ToolError } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accept, answering, ASKABLE, CANCEL, DECLINE, Refusal, rooted, sampled, type Answer, type Question } from '../harness/answering.ts'
import { everywhere, legacyWays, modernWays, type Way } from '../harness/index.ts'
import type { Json, Message } from '../harness/message.ts'
import { aborted, gate, newServer, textOf } from '../harness/server.ts'

const NAME = { name: z.string().min(2) }
const HELLO = { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'Hello?' } }], maxTokens: 10 }

const since =
  (first: string) =>
  ({ revision }: Way): boolean =>
    revision >= first
const withForms = everywhere.filter(since('2025-06-18'))
const withPages = everywhere.filter(since('2025-11-25'))

const server = newServer()
  .tool('greet', {}, async (_, { elicit }) => {
    const { action, value } = await elicit('name', 'Who are you?', NAME)
    return `${action} ${value?.name ?? '-'}`
  })
  .prompt('greet', {}, async (_, { elicit }) => {
    const { action, value } = await elicit('name', 'Who are you?', NAME)
    return `${action} ${value?.name ?? '-'}`
  })
  .resource('a://greet', {}, async (_, { elicit }) => {
    const { action, value } = await elicit('name', 'Who are you?', NAME)
    return `${action} ${value?.name ?? '-'}`
  })
  .resource('b://greet/{title}', {}, async ({ title }, { elicit }) => {
    const { action, value } = await elicit('name', 'Who are you?', NAME)
    return `${action} ${String(title)} ${value?.name ?? '-'}`
  })
  .tool('page', {}, async (_, { elicit }) => (await elicit('pay', 'Please pay', { url: 'https://example.com/pay' })).action)
  .tool('sample', {}, async (_, { sample }) => {
    const { content, model } = await sample('reply', HELLO)
    return JSON.stringify([content, model])
  })
  .tool('roots', {}, async (_, { roots }) => JSON.stringify(await roots()))
  .prompt('roots', {}, async (_, { roots }) => JSON.stringify(await roots()))
  .resource('a://roots', {}, async (_, { roots }) => JSON.stringify(await roots()))

const FROM = [
  { from: 'a tool', method: 'tools/call', params: { name: 'greet' }, read: ({ result = {} }: Message) => textOf(result), extra: '' },
  { from: 'a prompt', method: 'prompts/get', params: { name: 'greet' }, read: ({ result = {} }: Message) => (result.messages as { content: Json }[])[0]?.content.text, extra: '' },
  { from: 'a resource', method: 'resources/read', params: { uri: 'a://greet' }, read: ({ result = {} }: Message) => (result.contents as Json[])[0]?.text, extra: '' },
  { from: 'a resource template', method: 'resources/read', params: { uri: 'b://greet/Dr' }, read: ({ result = {} }: Message) => (result.contents as Json[])[0]?.text, extra: 'Dr ' },
]
const ANSWERS = [
  { what: 'accepted', answer: accept({ name: 'Ada' }), text: (extra: string) => `accept ${extra}Ada` },
  { what: 'declined', answer: DECLINE, text: (extra: string) => `decline ${extra}-` },
  { what: 'cancelled', answer: CANCEL, text: (extra: string) => `cancel ${extra}-` },
]

const FORM = { type: 'object', properties: { name: { type: 'string', minLength: 2 } }, required: ['name'] }

describe.each(withForms)('$name', ({ open, revision }) => {
  describe.each(FROM)('a form for $from', ({ method, params, read, extra }) => {
    test.each(ANSWERS)('is $what [C60] [C144] [C149] [C151]', async ({ answer, text }) => {
      const client = await open(server, { capabilities: { elicitation: {} } })
      const answered = await answering(client, method, params, () => answer)
      expect(read(answered)).toBe(text(extra))
      const mode = revision === '2025-06-18' ? {} : { mode: 'form' }
      expect(answered.questions).toEqual([{ method: 'elicitation/create', params: { ...mode, message: 'Who are you?', requestedSchema: FORM } }])
    })
  })

  test('details of a declined form from a modern client are an error for the handler in the legacy era', async () => {
    const client = await open(server, { capabilities: { elicitation: {} } })
    let times = 0
    const answered = await answering(client, 'tools/call', { name: 'greet' }, () => (times++ === 0 && !client.modern ? new Refusal(-32603, 'No screen') : accept({ name: 'Ada' })))
    expect(answered.result).toMatchObject(client.modern ? { content: [{ text: 'accept Ada' }] } : { isError: true, content: [{ text: 'No screen' }] })
  })

  test('a response that does not fit its form is requested again, or rejects in the handler [C149] [C67]', async () => {
    const client = await open(server, { capabilities: { elicitation: {} } })
    const wrong: (Json | undefined)[] = [accept({ name: 'A' }), accept({ name: 7 }), accept({}), accept(), { action: 'maybe' }, {}]
    const answer: Answer = (_, index) => wrong[index] ?? accept({ name: 'Ada' })
    const answered = await answering(client, 'tools/call', { name: 'greet' }, answer)
    if (client.modern) {
      expect(answered.questions).toHaveLength(wrong.length + 1)
      expect(textOf(answered.result ?? {})).toBe('accept Ada')
    } else {
      expect(answered.questions).toHaveLength(1)
      expect(answered.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('"name"') }] })
    }
  })

  test('rules that a form cannot express are omitted, and checked in the response [C144]', async () => {
    const strict = newServer().tool('t', {}, async (_, { elicit }) => {
      const { value } = await elicit('q', 'Which?', { code: z.string().regex(/^[A-Z]+$/), mail: z.email(), many: z.int().min(1).max(9), sure: z.boolean().default(true), kind: z.enum(['a', 'b']) })
      return JSON.stringify(value)
    })
    const client = await open(strict, { capabilities: { elicitation: {} } })
    const content = { code: 'ABC', mail: 'a@example.com', many: 3, sure: false, kind: 'b' }
    const answered = await answering(client, 'tools/call', { name: 't' }, () => accept(content))
    expect(JSON.parse(String(textOf(answered.result ?? {})))).toEqual(content)
    expect(answered.questions[0]?.params.requestedSchema).toEqual({
      type: 'object',
      properties: {
        code: { type: 'string' },
        mail: { type: 'string', format: 'email' },
        many: { type: 'integer', minimum: 1, maximum: 9 },
        sure: { type: 'boolean', default: true },
        kind: { type: 'string', enum: ['a', 'b'] },
      },
      required: ['code', 'mail', 'many', 'kind'],
    })
  })

  test('a form with an unsupported field is an error of the handler', async () => {
    const wrong = newServer().tool('t', {}, async (_, { elicit }) => (await elicit('q', 'Which?', { where: z.object({ street: z.string() }) })).action)
    const client = await open(wrong, { capabilities: { elicitation: {} } })
    const { result, questions } = await answering(client, 'tools/call', { name: 't' }, () => DECLINE)
    expect([questions, result]).toMatchObject([[], { isError: true, content: [{ text: expect.stringContaining('Internal error') }] }])
  })

  test('titled choices are sent in the form of the revision [C23]', async () => {
    const titled = newServer().tool('t', {}, async (_, { elicit }) => {
      const size = z.union([z.literal('s').meta({ title: 'Small' }), z.literal('l').meta({ title: 'Large' })])
      const { value } = await elicit('q', 'Which?', { size, note: z.string().default('none') })
      return String(value?.size)
    })
    const client = await open(titled, { capabilities: { elicitation: {} } })
    const answered = await answering(client, 'tools/call', { name: 't' }, () => accept({ size: 'l' }))
    expect(textOf(answered.result ?? {})).toBe('l')
    const old = { size: { type: 'string', enum: ['s', 'l'], enumNames: ['Small', 'Large'] }, note: { type: 'string' } }
    const size = { type: 'string', oneOf: [{ const: 's', title: 'Small' }, { const: 'l', title: 'Large' }] }
    expect(answered.questions[0]?.params.requestedSchema).toMatchObject({ properties: revision === '2025-06-18' ? old : { size, note: { type: 'string', default: 'none' } } })
    if (revision === '2025-06-18') expect(JSON.stringify(answered.questions)).not.toMatch(/oneOf|default|"mode"/)
  })

  test('a choice of several values is sent if the revision has it, and rejected otherwise [C23]', async () => {
    const several = newServer().tool('t', {}, async (_, { elicit }) => JSON.stringify((await elicit('q', 'Which?', { tags: z.array(z.enum(['a', 'b'])).min(1) })).value))
    const client = await open(several, { capabilities: { elicitation: {} } })
    const { result, questions } = await answering(client, 'tools/call', { name: 't' }, () => accept({ tags: ['b'] }))
    if (revision === '2025-06-18') {
      expect([questions, result]).toMatchObject([[], { isError: true, content: [{ text: expect.stringContaining('2025-06-18') }] }])
    } else {
      expect(textOf(result ?? {})).toBe('{"tags":["b"]}')
      expect(questions[0]?.params.requestedSchema).toMatchObject({ properties: { tags: { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, minItems: 1 } } })
    }
  })
})

describe.each(withPages)('$name', ({ open, modern }) => {
  test.each(['accept', 'decline', 'cancel'])('the user opens a page: %s [C143] [C144] [C145]', async (action) => {
    const client = await open(server, { capabilities: { elicitation: { url: {} } } })
    const answered = await answering(client, 'tools/call', { name: 'page' }, () => ({ action }))
    expect(textOf(answered.result ?? {})).toBe(action)
    const { params } = answered.questions[0] as Question
    expect(params).toMatchObject({ mode: 'url', message: 'Please pay', url: 'https://example.com/pay' })
    expect('elicitationId' in params).toBe(!modern)
  })

  test('every URL elicitation has a unique id, in the legacy era only [C145]', async () => {
    const client = await open(server, { capabilities: { elicitation: { url: {} } } })
    const asked = [await answering(client, 'tools/call', { name: 'page' }, () => DECLINE), await answering(client, 'tools/call', { name: 'page' }, () => DECLINE)]
    const ids = asked.map(({ questions }) => questions[0]?.params.elicitationId)
    expect(new Set(ids).size).toBe(modern ? 1 : 2)
    expect(ids.every((id) => (modern ? id === undefined : typeof id === 'string'))).toBe(true)
  })

  test('an invalid URL is an error of the handler [C144]', async () => {
    const wrong = newServer().tool('t', {}, async (_, { elicit }) => (await elicit('q', 'Go', { url: 'not an address' })).action)
    const client = await open(wrong, { capabilities: ASKABLE })
    const { result, questions } = await answering(client, 'tools/call', { name: 't' }, () => DECLINE)
    expect([questions, result]).toMatchObject([[], { isError: true }])
  })
})

describe.each(everywhere)('$name', ({ open, modern }) => {
  test("the client's model writes a message [C60] [C151]", async () => {
    const client = await open(server, { capabilities: { sampling: {} } })
    const answered = await answering(client, 'tools/call', { name: 'sample' }, () => sampled('Hi!'))
    expect(JSON.parse(String(textOf(answered.result ?? {})))).toEqual([{ type: 'text', text: 'Hi!' }, 'suite-1'])
    expect(answered.questions).toEqual([{ method: 'sampling/createMessage', params: HELLO }])
  })

  test.each(FROM.slice(0, 3))('the client sends its roots to $from [C60] [C150]', async ({ method, params, read }) => {
    const client = await open(server, { capabilities: { roots: {} } })
    const about = 'uri' in params ? { uri: 'a://roots' } : { name: 'roots' }
    const answered = await answering(client, method, about, () => rooted('file:///a', 'file:///b'))
    expect(JSON.parse(String(read(answered)))).toEqual([{ uri: 'file:///a' }, { uri: 'file:///b' }])
    expect(answered.questions).toEqual([{ method: 'roots/list', params: {} }])
  })

  test('an invalid response is requested again, or rejects in the handler [C67]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    for (const [name, wrong, right] of [['roots', { roots: [{ uri: 7 }] }, rooted('file:///a')], ['sample', { content: {} }, sampled('Hi!')]] as const) {
      const { result, questions } = await answering(client, 'tools/call', { name }, (_, index) => (index === 0 ? wrong : right))
      expect([questions.length, result?.isError ?? false]).toEqual(modern ? [2, false] : [1, true])
    }
  })

  test('an error of the client reaches the handler, in the legacy era', async () => {
    const caught: unknown[] = []
    const careful = newServer().tool('t', {}, async (_, { roots }) => {
      try {
        return JSON.stringify(await roots())
      } catch (error) {
        caught.push((error as Error).message, (error as { code?: unknown }).code)
        return 'none'
      }
    })
    const client = await open(careful, { capabilities: { roots: {} } })
    const { result } = await answering(client, 'tools/call', { name: 't' }, (_, index) => (index === 0 && !modern ? new Refusal(-32601, 'No such thing') : rooted()))
    expect(textOf(result ?? {})).toBe(modern ? '[]' : 'none')
    if (!modern) expect(caught.slice(-2)).toEqual(['No such thing', -32601])
  })

  test('concurrent input requests are sent together, and later ones afterwards [C2] [C151]', async () => {
    const both = newServer().tool('t', {}, async (_, { roots, sample }) => {
      const [folders, { model }] = await Promise.all([roots('first'), sample('second', HELLO)])
      const more = await roots('third')
      return JSON.stringify([folders, model, more])
    })
    const client = await open(both, { capabilities: ASKABLE })
    const call = client.request('tools/call', { name: 't' })
    if (modern) {
      const { result } = await call
      expect(Object.keys(result?.inputRequests as Json)).toEqual(['first', 'second'])
    } else {
      const asked = [await client.until(({ method }) => method === 'roots/list'), await client.until(({ method }) => method === 'sampling/createMessage')]
      expect(client.questions).toHaveLength(2)
      await client.answer(asked[1]?.id, { result: sampled('Hi!') })
      await client.answer(asked[0]?.id, { result: rooted('file:///a') })
      const third = await client.until(({ method, id }) => method === 'roots/list' && id !== asked[0]?.id)
      await client.answer(third.id, { result: rooted('file:///b') })
      expect(JSON.parse(String(textOf((await call).result ?? {})))).toEqual([[{ uri: 'file:///a' }], 'suite-1', [{ uri: 'file:///b' }]])
      expect(new Set(client.questions.map(({ id }) => id)).size).toBe(3)
    }
    const again = await answering(client, 'tools/call', { name: 't' }, ({ method }, index) => (method === 'roots/list' ? rooted(`file:///${index}`) : sampled('Hi!')))
    expect(again.questions.map(({ method }) => method)).toEqual(['roots/list', 'sampling/createMessage', 'roots/list'])
    expect(JSON.parse(String(textOf(again.result ?? {})))).toEqual([[{ uri: 'file:///0' }], 'suite-1', [{ uri: 'file:///2' }]])
  })

  test('a step runs once, however often the handler runs, even if it is still running when an input request suspends the handler', async () => {
    const done: string[] = []
    const runs: string[] = []
    const steps = newServer().tool('t', {}, async (_, { roots, step }) => {
      runs.push('begin')
      try {
        const before = await step('before', () => done.push('before'))
        const slow = async (key: string): Promise<string> => {
          await new Promise(setImmediate)
          done.push(key)
          return key
        }
        const [twice, folders] = await Promise.all([Promise.all([step('slow', () => slow('slow')), step('slow', () => slow('slow'))]), roots('first')])
        await roots('second')
        return JSON.stringify([before, twice, folders])
      } finally {
        runs.push('end')
      }
    })
    const client = await open(steps, { capabilities: ASKABLE })
    const { result } = await answering(client, 'tools/call', { name: 't' }, () => rooted())
    expect(JSON.parse(String(textOf(result ?? {})))).toEqual([1, ['slow', 'slow'], []])
    expect(done).toEqual(['before', 'slow'])
    expect(runs).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end'])
  })

  test('a failed step is not stored, and does no harm after an input request', async () => {
    let failures = 0
    const failing = newServer().tool('t', {}, async (_, { roots, step }) => {
      const failed = step('s', async () => {
        await Promise.resolve()
        failures++
        throw new ToolError(`Failure ${failures}`)
      })
      await roots()
      return failed
    })
    const client = await open(failing, { capabilities: ASKABLE })
    const { result } = await answering(client, 'tools/call', { name: 't' }, () => rooted())
    expect(result).toMatchObject({ isError: true, content: [{ text: 'Failure 2' }] })
  })

  test('a failed step does no harm if the client lacks the capability', async () => {
    const release = gate()
    const failing = newServer()
      .tool('t', {}, async (_, { roots, step }) => {
        const failed = step('s', async () => {
          await release
          throw new Error('Nobody waits for this')
        })
        await roots()
        return failed
      })
      .tool('quick', {}, () => 'ok')
    const client = await open(failing)
    const { result, error } = await client.request('tools/call', { name: 't' })
    expect(error?.code ?? result?.isError).toBe(modern ? -32021 : true)
    release.open()
    await new Promise(setImmediate) // By then it would be an unhandled rejection.
    expect(textOf(await client.call('quick'))).toBe('ok')
  })

  test('a catch block cannot swallow an input request, and it need not be awaited', async () => {
    const hungry = newServer()
      .tool('eats', {}, async (_, { roots }) => {
        try {
          return JSON.stringify(await roots())
        } catch {
          return 'eaten'
        }
      })
      .tool('replaces', {}, async (_, { roots }) => {
        try {
          return JSON.stringify(await roots())
        } catch {
          throw new Error('another one')
        }
      })
      .tool('leaves', {}, async (_, { roots, inputs }) => {
        void roots('left')
        await new Promise(setImmediate) // By then it would be an unhandled rejection.
        return JSON.stringify((inputs.left as Json | undefined)?.roots)
      })
    const client = await open(hungry, { capabilities: ASKABLE })
    for (const name of ['eats', 'replaces', 'leaves']) {
      const { result, questions } = await answering(client, 'tools/call', { name }, () => rooted('file:///a'))
      expect([name, questions.length, textOf(result ?? {})]).toEqual([name, 1, '[{"uri":"file:///a"}]'])
    }
  })

  test('progress keeps increasing over the runs of a request [C36]', async () => {
    const telling = newServer().tool('t', {}, async (_, { roots, progress }) => {
      for (const [at, key] of ['a', 'b', 'c'].entries()) {
        progress(at + 1)
        await roots(key)
      }
      return 'ok'
    })
    const client = await open(telling, { capabilities: ASKABLE })
    await answering(client, 'tools/call', { name: 't' }, () => rooted(), { meta: { progressToken: 't' } })
    const told = client.notified('notifications/progress').map(({ params }) => params?.progress)
    expect(told).toEqual(modern ? [1, 1, 2, 1, 2, 3, 1, 2, 3] : [1, 2, 3]) // Each round of the modern era is a request of its own.
  })
})

describe.each(legacyWays)('$name', ({ open }) => {
  test('an input request without a response in time is cancelled, and a late response is ignored [C25] [C30] [C34]', async () => {
    const impatient = newServer({ inputTimeout: 1 })
      .tool('t', {}, async (_, { roots }) => {
        const folders = await roots().catch((error: unknown) => (error as Error).name)
        return JSON.stringify(folders)
      })
      .tool('quick', {}, () => 'ok')
    const client = await open(impatient, { capabilities: ASKABLE })
    const { result } = await answering(client, 'tools/call', { name: 't' }, () => undefined)
    expect(textOf(result ?? {})).toBe('"TimeoutError"')
    const [asked] = client.questions
    expect(client.notified('notifications/cancelled')).toMatchObject([{ params: { requestId: asked?.id, reason: expect.stringContaining('roots/list') } }])
    const before = client.received.length
    await client.answer(asked?.id, { result: rooted() })
    await client.settled()
    expect(client.received).toHaveLength(before)
    expect(textOf(await client.call('quick'))).toBe('ok')
  })

  test('responses to no request, or with ids that only look alike, are ignored [C32] [C2]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const call = client.request('tools/call', { name: 'roots' })
    const { id } = await client.until(({ method }) => method === 'roots/list')
    for (const other of [String(id), Number(id) + 1, 0, '', null]) {
      await client.answer(other, { result: rooted('file:///wrong') })
      await client.answer(other, { error: { code: 1, message: 'wrong' } })
    }
    await client.settled()
    await client.answer(id, { result: rooted('file:///right') })
    await client.answer(id, { result: rooted('file:///late') })
    expect(textOf((await call).result ?? {})).toBe('[{"uri":"file:///right"}]')
  })

  test('a cancelled call cancels each of its open input requests [C30] [C31]', async () => {
    const ended = gate()
    let runs = 0
    const asking = newServer()
      .tool('t', {}, async (_, { roots, sample }) => {
        runs++
        try {
          await Promise.all([roots(), sample('s', HELLO)])
        } finally {
          ended.open()
        }
        return 'never'
      })
      .tool('quick', {}, () => 'ok')
    const client = await open(asking, { capabilities: ASKABLE })
    const id = client.start('tools/call', { name: 't' })
    const asked = [await client.until(({ method }) => method === 'roots/list'), await client.until(({ method }) => method === 'sampling/createMessage')]
    await client.cancel(id, 'Enough')
    await client.until(({ method, params }) => method === 'notifications/cancelled' && params?.requestId === asked[1]?.id)
    expect(client.notified('notifications/cancelled').map(({ params }) => params)).toEqual(asked.map((question) => ({ requestId: question.id, reason: 'Enough' })))
    for (const question of asked) await client.answer(question.id, { result: rooted() })
    await client.settled()
    await ended
    expect(textOf(await client.call('quick'))).toBe('ok')
    expect(runs).toBe(1)
    expect(client.answersTo(id).filter(({ result }) => result)).toEqual([])
  })

  test('concurrent calls get the responses to their own input requests', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const calls = [client.request('tools/call', { name: 'roots' }), client.request('tools/call', { name: 'sample' })]
    const asked = [await client.until(({ method }) => method === 'roots/list'), await client.until(({ method }) => method === 'sampling/createMessage')]
    await client.answer(asked[1]?.id, { result: sampled('Hi!') })
    expect(textOf((await calls[1])?.result ?? {})).toContain('Hi!')
    await client.answer(asked[0]?.id, { result: rooted('file:///a') })
    expect(textOf((await calls[0])?.result ?? {})).toBe('[{"uri":"file:///a"}]')
  })
})

describe.each(legacyWays.filter(({ door }) => door !== 'http'))('$name', ({ open }) => {
  test('a client that disconnects cancels its input requests [C31]', async () => {
    const stopped = gate<unknown>()
    const waiting = newServer().tool('t', {}, async (_, { roots, signal }) => {
      void aborted(signal).then(stopped.open)
      return String((await roots()).length)
    })
    const client = await open(waiting, { capabilities: ASKABLE })
    client.start('tools/call', { name: 't' })
    await client.until(({ method }) => method === 'roots/list')
    await client.close()
    expect(await stopped).toMatchObject({ name: 'AbortError' })
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test.each([[], 'text', 7, true])('responses that are not an object are rejected: %j [C67]', async (inputResponses) => {
    const client = await open(server, { capabilities: ASKABLE })
    expect(await client.error('tools/call', { name: 'roots', inputResponses })).toMatchObject({ code: -32602 })
  })

  test('missing, unknown or invalid responses are requested again [C67]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    let { requestState, inputRequests } = await client.call('roots')
    for (const inputResponses of [{}, { unknown: rooted() }, { roots: null }, { roots: [] }, { roots: 'text' }, JSON.parse('{"__proto__":{"roots":[]},"constructor":{"roots":[]}}')]) {
      const again = await client.result('tools/call', { name: 'roots', inputResponses, requestState })
      expect(again).toMatchObject({ resultType: 'input_required', inputRequests })
      ;({ requestState, inputRequests } = again)
    }
    const done = await client.result('tools/call', { name: 'roots', inputResponses: { roots: rooted('file:///a'), unknown: 7 }, requestState })
    expect(textOf(done)).toBe('[{"uri":"file:///a"}]')
  })

  test('an invalid response is not visible to inputRequired() [C67]', async () => {
    const asked = Object.fromEntries([...'abcdef'].map((key) => [key, { method: 'roots/list' as const }]))
    const visible = newServer().tool('seen', {}, (_, { inputs, state }) => (state === undefined ? inputRequired(asked, 'asked') : JSON.stringify(inputs)))
    const client = await open(visible, { capabilities: ASKABLE })
    const { requestState } = await client.call('seen')
    const inputResponses = { a: rooted('file:///a'), b: null, c: [], d: 'text', e: 7, f: true, unasked: rooted('file:///b') }
    expect(textOf(await client.result('tools/call', { name: 'seen', inputResponses, requestState }))).toBe(JSON.stringify({ a: rooted('file:///a') }))
  })

  test('a response need not be sent again [C66] [C62] [C68]', async () => {
    const two = newServer().tool('t', {}, async (_, { roots }) => JSON.stringify([await roots('a'), await roots('b')]))
    const client = await open(two, { capabilities: ASKABLE })
    const first = await client.call('t')
    expect(first).toEqual({ resultType: 'input_required', inputRequests: { a: { method: 'roots/list' } }, requestState: expect.any(String), _meta: expect.anything() })
    const second = await client.result('tools/call', { name: 't', inputResponses: { a: rooted('file:///a') }, requestState: first.requestState })
    expect(Object.keys(second.inputRequests as Json)).toEqual(['b'])
    const third = await client.result('tools/call', { name: 't', inputResponses: { b: rooted('file:///b') }, requestState: second.requestState })
    expect(textOf(third)).toBe('[[{"uri":"file:///a"}],[{"uri":"file:///b"}]]')
  })

  test.each(['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'server/discover'])('no input request is sent for %s, whatever responses it has [C61]', async (method) => {
    const client = await open(server, { capabilities: ASKABLE })
    expect(await client.result(method, { inputResponses: { roots: rooted() }, requestState: 'x' })).toMatchObject({ resultType: 'complete' })
  })

  test('a result that depends on responses is not cacheable for others [C68]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const { result } = await answering(client, 'resources/read', { uri: 'a://roots' }, () => rooted())
    expect(result).toMatchObject({ cacheScope: 'private', ttlMs: 0 })
  })
})

describe.each(everywhere)('$name', ({ open, modern }) => {
  test('a handler returns inputRequired(), and reads the responses and its state [C62]', async () => {
    const seen: unknown[] = []
    const visible = newServer()
      .tool('t', {}, (_, { inputs, state }) => {
        seen.push([Object.keys(inputs), state])
        if (!inputs.a) return inputRequired({ a: { method: 'roots/list' } }, 'one')
        if (!inputs.b) return inputRequired({ b: { method: 'roots/list' } }, 'two')
        return JSON.stringify([inputs.a, inputs.b, state])
      })
      .prompt('t', {}, (_, { inputs }) => (inputs.a ? JSON.stringify(inputs.a) : inputRequired({ a: { method: 'roots/list' } })))
      .resource('a://t', {}, (_, { inputs }) => (inputs.a ? JSON.stringify(inputs.a) : inputRequired({ a: { method: 'roots/list' } })))
    const client = await open(visible, { capabilities: ASKABLE })
    const { result } = await answering(client, 'tools/call', { name: 't' }, (_, index) => rooted(`file:///${index}`))
    expect(JSON.parse(String(textOf(result ?? {})))).toEqual([rooted('file:///0'), rooted('file:///1'), 'two'])
    expect(seen).toEqual([[[], undefined], [['a'], 'one'], [['a', 'b'], 'two']])
    const prompt = await answering(client, 'prompts/get', { name: 't' }, () => rooted())
    expect(prompt.result).toMatchObject({ messages: [{ content: { text: '{"roots":[]}' } }] })
    const resource = await answering(client, 'resources/read', { uri: 'a://t' }, () => rooted())
    expect(resource.result).toMatchObject({ contents: [{ text: '{"roots":[]}' }] })
    expect([prompt.questions.length, resource.questions.length, modern || client.questions.length === 4]).toEqual([1, 1, true])
  })

  test('inputRequired() rejects requests that the protocol does not have [C62]', async () => {
    const strange = newServer()
      .tool('t', {}, () => inputRequired({ a: { method: 'ping', params: {} } as never }))
      .prompt('t', {}, () => inputRequired({ a: { method: 'tools/call' } as never }))
    const client = await open(strange, { capabilities: ASKABLE })
    for (const method of ['tools/call', 'prompts/get']) {
      const { error, questions } = await answering(client, method, { name: 't' }, () => rooted())
      expect([error, questions]).toMatchObject([{ code: -32603, message: expect.stringContaining('Internal error') }, []])
    }
  })
})

describe.each(legacyWays)('$name', ({ open }) => {
  test('with inputRequired(), an error of the client replaces its response', async () => {
    const visible = newServer().tool('t', {}, (_, { inputs }) => (inputs.a ? String((inputs.a as Error).message) : inputRequired({ a: { method: 'roots/list' } })))
    const client = await open(visible, { capabilities: ASKABLE })
    const { result } = await answering(client, 'tools/call', { name: 't' }, () => new Refusal(-32601, 'No such thing'))
    expect(textOf(result ?? {})).toBe('No such thing')
  })
})

describe.each(legacyWays.filter(({ revision }) => revision === '2025-03-26'))('$name', ({ open }) => {
  test('responses can arrive in a batch [C6]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const calls = [client.request('tools/call', { name: 'roots' }), client.request('tools/call', { name: 'sample' })]
    const asked = [await client.until(({ method }) => method === 'roots/list'), await client.until(({ method }) => method === 'sampling/createMessage')]
    const answers = [rooted('file:///a'), sampled('Hi!')].map((result, index) => ({ jsonrpc: '2.0', id: asked[index]?.id, result }))
    await client.raw(JSON.stringify(answers))
    expect((await Promise.all(calls)).map(({ result }) => textOf(result ?? {}))).toEqual(['[{"uri":"file:///a"}]', expect.stringContaining('Hi!')])
  })
})
