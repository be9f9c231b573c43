/** Rules about questions to the client: who may be asked what, under which id, for how long, and what it may leave unanswered. */
import { inputRequired } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ASKABLE, accept, answering, rooted, sampled } from '../harness/answering.ts'
import { everywhere, legacyWays, modernWays, type Way } from '../harness/index.ts'
import type { Json } from '../harness/message.ts'
import { gate, newServer, textOf } from '../harness/server.ts'

const user = { role: 'user', content: { type: 'text', text: 'hello' } } as const
const server = newServer()
  .tool('where', {}, async (_, { roots }) => (await roots()).map(({ uri }) => uri).join(' '))
  .tool('name', { input: { of: z.string() } }, async ({ of }, { elicit }) => `${of}: ${(await elicit('name', 'Your name?', z.object({ name: z.string() }))).value?.name}`)
  .tool('tooled', {}, async (_, { sample }) => JSON.stringify(await sample('s', { messages: [user], maxTokens: 9, tools: [{ name: 't', inputSchema: { type: 'object' } }] })))
  .tool('contextual', {}, async (_, { sample }) => JSON.stringify(await sample('s', { messages: [user], maxTokens: 9, includeContext: 'thisServer' })))
  .tool('page', {}, async (_, { elicit }) => (await elicit('page', 'Open it', { url: 'https://example.com/pay' })).action)
  .resource('a://{b}', {}, () => 'ok')
  .prompt('greet', { args: { who: z.string() }, complete: { who: () => ['you'] } }, ({ who }) => who)
  .prompt('nosy', { args: { who: z.string() }, complete: { who: async (_, __, { roots }) => (await roots()).map(({ uri }) => uri) } }, ({ who }) => who)
  .tool('can', {}, (_, { can }) => JSON.stringify(['roots', 'sampling', 'sampling.tools', 'elicitation', 'elicitation.url'].filter(can)))

describe.each(legacyWays)('$name', ({ open, revision }) => {
  test('input requests have unique string or integer ids [C2] [C151]', async () => {
    const client = await open(server, { capabilities: { roots: {} } })
    for (const root of ['a', 'b', 'c']) expect((await answering(client, 'tools/call', { name: 'where' }, () => rooted(`file:///${root}`))).result).toMatchObject({ content: [{ text: `file:///${root}` }] })
    const ids = client.questions.map(({ id }) => id)
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(typeof id === 'string' || Number.isInteger(id)).toBe(true)
  })

  test('a request that the revision does not have cannot be sent, whatever the client declares [C23] [C140]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const known: Readonly<Record<string, string[]>> = { '2025-06-18': ['elicitation'], '2025-11-25': ['sampling.tools', 'elicitation', 'elicitation.url'] }
    expect(JSON.parse(String(textOf(await client.call('can'))))).toEqual(['roots', 'sampling', ...(known[revision] ?? [])])
  })

  test('an input request without a response is cancelled with its id, and a late response is ignored [C25] [C30] [C34]', async () => {
    const impatient = newServer({ inputTimeout: 30 }).tool('where', {}, async (_, { roots }) => roots().then(() => 'late', (error: Error) => error.name))
    const client = await open(impatient, { capabilities: { roots: {} } })
    const answer = await client.request('tools/call', { name: 'where' })
    const [question] = client.questions
    const withdrawn = await client.untilNotified('notifications/cancelled')
    expect(withdrawn.params).toMatchObject({ requestId: question?.id, reason: expect.any(String) })
    await client.answer(question?.id, { result: rooted('file:///late') })
    expect(await client.result('ping')).toEqual({})
    expect(client.notified('notifications/cancelled')).toHaveLength(1)
    expect(answer.result).toMatchObject({ content: [{ text: expect.not.stringContaining('late') }] })
  })
})

// Over HTTP in the modern era the client just leaves.
describe.each(everywhere.filter(({ door, modern }) => !(door === 'http' && modern)))('$name', ({ open }) => {
  test('the handler gets the reason of a cancellation [C34]', async () => {
    const started = gate()
    const heard = gate<unknown>()
    const waiting = newServer().tool('wait', {}, async (_, { signal }) => {
      signal.addEventListener('abort', () => heard.open((signal.reason as Error).message))
      started.open()
      await heard
    })
    const client = await open(waiting)
    const id = client.start('tools/call', { name: 'wait' })
    await started
    await client.cancel(id, 'Too slow for me')
    expect(await heard).toBe('Too slow for me')
  })
})

describe.each(legacyWays.filter(({ revision }) => revision === '2025-11-25'))('$name', ({ open }) => {
  test('each URL elicitation has a unique id [C144] [C145]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    for (let count = 0; count < 2; count++) await answering(client, 'tools/call', { name: 'page' }, () => accept())
    const asked = client.questions.map(({ params }) => params as Json)
    for (const { message, url, mode } of asked) expect([mode, message, URL.canParse(String(url))]).toEqual(['url', 'Open it', true])
    expect(new Set(asked.map(({ elicitationId }) => elicitationId)).size).toBe(2)
    for (const { elicitationId } of asked) expect(elicitationId).toMatch(/^\S{16,}$/)
  })
})

describe.each(modernWays)('$name', ({ open }) => {
  test('no requests are sent: the input request is in the result [C49] [C60]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    expect(await client.call('where')).toMatchObject({ resultType: 'input_required', inputRequests: { roots: { method: 'roots/list' } } })
    await client.settled()
    expect(client.questions).toEqual([])
  })

  test.each([
    ['server/discover', {}],
    ['tools/list', {}],
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['prompts/list', {}],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: '' } }],
  ])('%s cannot request input, even with input responses [C61]', async (method, params) => {
    const client = await open(server, { capabilities: ASKABLE })
    expect(await client.result(method, { ...params, inputResponses: { roots: rooted('file:///x') }, requestState: 'x' })).toMatchObject({ resultType: 'complete' })
  })

  test('a completer cannot request input, and fails [C61]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    expect(await client.error('completion/complete', { ref: { type: 'ref/prompt', name: 'nosy' }, argument: { name: 'who', value: '' } })).toMatchObject({ code: -32603, message: expect.stringContaining('Internal error') })
  })

  test('calls can be interleaved, because each request carries its state [C42]', async () => {
    const client = await open(server, { capabilities: { elicitation: {} } })
    const [first, second] = [await client.call('name', { of: 'first' }), await client.call('name', { of: 'second' })]
    const goOn = (of: string, { requestState }: Json, name: string) => client.result('tools/call', { name: 'name', arguments: { of }, requestState, inputResponses: { name: accept({ name }) } })
    expect(textOf(await goOn('second', second, 'Bo'))).toBe('second: Bo')
    expect(textOf(await goOn('first', first, 'Al'))).toBe('first: Al')
  })

  test('an input request may stay unanswered: nothing waits for it, and it can be sent again [C66]', async () => {
    const client = await open(server, { capabilities: { elicitation: {} } })
    const asked = await client.call('name', { of: 'x' })
    const again = await client.call('name', { of: 'x' }) // The identifier may be used again: the request is over.
    expect(again.inputRequests).toEqual(asked.inputRequests)
    expect(await client.result('tools/list')).toMatchObject({ resultType: 'complete' })
  })
})

describe.each(modernWays.filter(({ door }) => door === 'stdio'))('$name', ({ open }) => {
  test('no request is written to stdout [S6]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    for (const name of ['where', 'page', 'tooled']) expect(await client.call(name)).toMatchObject({ resultType: 'input_required' })
    expect(client.received.filter(({ method }) => method !== undefined)).toEqual([])
  })
})

/** How a tool fails that asks what the client cannot be asked. */
async function refusal({ open }: Way, name: string, capabilities: Json): Promise<unknown> {
  const client = await open(server, { capabilities })
  const { result, error } = await client.request('tools/call', { name })
  expect(client.questions).toEqual([])
  return result?.isError ?? error?.code
}

describe.each(everywhere)('$name', (way) => {
  test('a handler that repeats its request stops after ten rounds without a new response [C142]', async () => {
    const endless = newServer().tool('t', {}, () => inputRequired({ a: { method: 'roots/list' } }))
    const client = await way.open(endless, { capabilities: ASKABLE })
    const { error, questions } = await answering(client, 'tools/call', { name: 't' }, () => rooted())
    expect([error, questions.length]).toMatchObject([{ code: -32602, data: { reason: 'no_valid_response' } }, 11])
  })

  test('roots and URL elicitation are not requested from clients that did not declare them [C140] [C143] [C150]', async () => {
    const refused = way.modern ? -32021 : true
    expect(await refusal(way, 'where', { elicitation: {}, sampling: {} })).toBe(refused)
    expect(await refusal(way, 'page', { elicitation: {}, roots: {} })).toBe(refused)
  })

  test('invalid roots never reach the handler [C150]', async () => {
    const client = await way.open(server, { capabilities: { roots: {} } })
    const { result } = await answering(client, 'tools/call', { name: 'where' }, (_, index) => (index === 0 ? { roots: [{ uri: 7 }] } : rooted('file:///home')))
    if (way.modern) expect(textOf(result ?? {})).toBe('file:///home') // It was asked again.
    else expect(result).toMatchObject({ isError: true })
  })
})

describe.each(everywhere.filter(({ revision }) => revision >= '2025-11-25'))('$name', (way) => {
  test('sampling has tools and context only if the client declared them [C141]', async () => {
    const refused = way.modern ? -32021 : true
    expect(await refusal(way, 'tooled', { sampling: { context: {} } })).toBe(refused)
    expect(await refusal(way, 'contextual', { sampling: { tools: {} } })).toBe(refused)
    const client = await way.open(server, { capabilities: { sampling: { tools: {} } } })
    const { questions } = await answering(client, 'tools/call', { name: 'tooled' }, () => sampled('ok'))
    expect(questions).toMatchObject([{ method: 'sampling/createMessage', params: { tools: [{ name: 't' }] } }])
  })
})
