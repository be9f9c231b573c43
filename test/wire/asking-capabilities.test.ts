/** A client is asked only what it said it can be asked, in words that its revision has; over HTTP, on the stream of the request. */
import { inputRequired } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { accept, answering, ASKABLE, rooted, sampled } from '../harness/answering.ts'
import { everywhere, legacyWays, modernWays, serve, type Way } from '../harness/index.ts'
import { Peer } from '../harness/http-peer.ts'
import { CLIENT_CAPABILITIES, LEGACY, MODERN, requestText, type Json, type Message } from '../harness/message.ts'
import { aborted, gate, newServer, textOf } from '../harness/server.ts'

const HELLO = { messages: [{ role: 'user' as const, content: { type: 'text' as const, text: 'Hello?' } }], maxTokens: 10 }
const TOOLS = [{ name: 'add', inputSchema: { type: 'object' } }]
const FORM = { yes: z.boolean() }

let runs = 0
const server = newServer()
  .tool('form', {}, async (_, { elicit }) => (await elicit('q', 'Sure?', FORM)).action)
  .tool('page', {}, async (_, { elicit }) => (await elicit('q', 'Go', { url: 'https://example.com/' })).action)
  .tool('sample', {}, async (_, { sample }) => (await sample('q', HELLO)).model)
  .tool('sample with tools', {}, async (_, { sample }) => (await sample('q', { ...HELLO, tools: TOOLS })).model)
  .tool('sample with choice', {}, async (_, { sample }) => (await sample('q', { ...HELLO, toolChoice: { mode: 'none' } })).model)
  .tool('sample with context', {}, async (_, { sample }) => (await sample('q', { ...HELLO, includeContext: 'thisServer' })).model)
  .tool('sample with all', {}, async (_, { sample }) => (await sample('q', { ...HELLO, includeContext: 'allServers', tools: TOOLS })).model)
  .tool('roots', {}, async (_, { roots }) => String((await roots()).length))
  .tool('visible', {}, () => inputRequired({ q: { method: 'roots/list' } }))
  .tool('falls back', {}, async (_, { roots, elicit, sample }) => {
    const refused = await Promise.all([roots('a'), elicit('b', 'Sure?', FORM), sample('c', HELLO)].map((asked) => asked.catch((error: Error) => error.name)))
    return refused.join()
  })
  .tool('does something first', {}, async (_, { roots }) => {
    runs++
    return String((await roots()).length)
  })
  .tool('can', { input: { paths: z.array(z.string()) } }, ({ paths }, { can }) => JSON.stringify(paths.map((path) => can(path))))
  .prompt('roots', {}, async (_, { roots }) => String((await roots()).length))
  .resource('a://roots', {}, async (_, { roots }) => String((await roots()).length))

const REFUSED: readonly [tool: string, declared: Json, missing: Json][] = [
  ['form', {}, { elicitation: {} }],
  ['form', { sampling: {}, roots: {} }, { elicitation: {} }],
  ['form', { elicitation: { url: {} } }, { elicitation: {} }],
  ['page', {}, { elicitation: { url: {} } }],
  ['page', { elicitation: {} }, { elicitation: { url: {} } }],
  ['page', { elicitation: { form: {} } }, { elicitation: { url: {} } }],
  ['sample', {}, { sampling: {} }],
  ['sample', { elicitation: {} }, { sampling: {} }],
  ['sample with tools', { sampling: {} }, { sampling: { tools: {} } }],
  ['sample with tools', {}, { sampling: { tools: {} } }],
  ['sample with choice', { sampling: { context: {} } }, { sampling: { tools: {} } }],
  ['sample with context', { sampling: { tools: {} } }, { sampling: { context: {} } }],
  ['sample with all', { sampling: {} }, { sampling: { tools: {}, context: {} } }],
  ['sample with all', {}, { sampling: { tools: {}, context: {} } }],
  ['roots', {}, { roots: {} }],
  ['roots', { roots: null }, { roots: {} }],
  ['visible', {}, { roots: {} }],
]
const spelled = REFUSED.map(([name, declared, missing]) => ({ name, declared, missing, json: JSON.stringify(declared) }))

describe.each(modernWays)('$name', ({ open }) => {
  test.each(spelled)('"$name" with $json is rejected, and the error names the capability [C63] [C140] [C141] [C143]', async ({ name, declared, missing }) => {
    const client = await open(server, { capabilities: declared })
    const error = await client.error('tools/call', { name })
    expect(error).toMatchObject({ code: -32021, message: expect.stringContaining(Object.keys(missing).join()) })
    expect(error.data).toEqual({ requiredCapabilities: missing })
  })

  test.each([['prompts/get', { name: 'roots' }], ['resources/read', { uri: 'a://roots' }]])('it is also rejected from %s [C63] [C140]', async (method, params) => {
    const client = await open(server)
    expect(await client.error(method, params)).toMatchObject({ code: -32021, data: { requiredCapabilities: { roots: {} } } })
  })

  test('capabilities of an earlier request do not count [C63]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const { requestState } = await client.call('roots')
    const options = { meta: { [CLIENT_CAPABILITIES]: {} } }
    expect(await client.error('tools/call', { name: 'roots' }, options)).toMatchObject({ code: -32021 })
    expect(await client.error('tools/call', { name: 'roots', requestState }, options)).toMatchObject({ code: -32021 })
  })
})

describe.each(legacyWays)('$name', ({ open, revision }) => {
  // Before 2025-11-25 capabilities had no parts: elicitation was forms, and sampling came with context.
  const implied = (name: string, declared: Json): boolean => (name === 'form' && revision === '2025-06-18' && 'elicitation' in declared) || (name === 'sample with context' && 'sampling' in declared)
  const refused = spelled.filter(({ name, declared }) => revision >= '2025-11-25' || !implied(name, declared))
  test.each(refused)('"$name" with $json fails with a message for the model, and no input request is sent [C23] [C140] [C141] [C143]', async ({ name, declared, missing }) => {
    const client = await open(server, { capabilities: declared })
    const { result, questions } = await answering(client, 'tools/call', { name }, () => rooted())
    expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining(Object.keys(missing).join()) }] })
    expect('structuredContent' in (result ?? {})).toBe(false)
    expect([questions, client.notifications]).toEqual([[], []])
  })

  test.each([['prompts/get', { name: 'roots' }], ['resources/read', { uri: 'a://roots' }]])('it is a protocol error from %s [C140]', async (method, params) => {
    const client = await open(server)
    const { error, questions } = await answering(client, method, params, () => rooted())
    expect(error).toMatchObject({ code: -32600, message: expect.stringContaining('roots') })
    expect(questions).toEqual([])
  })
})

describe.each(everywhere)('$name', ({ open }) => {
  test('a handler can catch the error and continue [C140]', async () => {
    const client = await open(server)
    expect(textOf(await client.call('falls back'))).toBe('MissingCapabilityError,MissingCapabilityError,MissingCapabilityError')
  })

  test('a handler whose input request failed does not run again', async () => {
    runs = 0
    const client = await open(server)
    await client.request('tools/call', { name: 'does something first' })
    expect(runs).toBe(1)
  })
})

describe('what a handler can request', () => {
  const paths = ['elicitation', 'elicitation.form', 'elicitation.url', 'sampling', 'sampling.tools', 'sampling.context', 'roots', 'roots.listChanged', 'extensions.x/y', '', 'constructor', '__proto__', 'elicitation.constructor', 'toString.name']
  const can = async ({ open }: Way, capabilities: Json): Promise<unknown[]> => {
    const client = await open(server, { capabilities })
    const said: boolean[] = JSON.parse(String(textOf(await client.call('can', { paths }))))
    return paths.filter((_, index) => said[index])
  }

  describe.each(everywhere)('$name', (way) => {
    const { revision } = way
    const elicits = revision >= '2025-06-18'
    const detailed = revision >= '2025-11-25'
    const early = detailed ? [] : ['sampling.context']

    test('nothing that was not declared [C140]', async () => {
      expect(await can(way, {})).toEqual([])
      expect(await can(way, { elicitation: null, sampling: 7, roots: false })).toEqual([])
    })

    test('form and URL mode, as the capability declares [C143]', async () => {
      const form = ['elicitation', 'elicitation.form']
      expect(await can(way, { elicitation: {} })).toEqual(elicits ? form : [])
      expect(await can(way, { elicitation: { form: {} } })).toEqual(elicits ? form : [])
      expect(await can(way, { elicitation: { form: {}, url: {} } })).toEqual(elicits ? [...form, ...(detailed ? ['elicitation.url'] : [])] : [])
      const pages = detailed ? ['elicitation', 'elicitation.url'] : form
      expect(await can(way, { elicitation: { url: {} } })).toEqual(elicits ? pages : [])
    })

    test('sampling, roots and other requests', async () => {
      expect(await can(way, { sampling: {} })).toEqual(['sampling', ...early])
      expect(await can(way, { sampling: { tools: {} } })).toEqual(['sampling', ...(detailed ? ['sampling.tools'] : early)])
      expect(await can(way, { roots: {} })).toEqual(['roots'])
      expect(await can(way, { roots: { listChanged: true } })).toEqual(['roots', 'roots.listChanged'])
      expect(await can(way, { extensions: { 'x/y': {} } })).toEqual(['extensions.x/y'])
    })
  })
})

describe.each(legacyWays.filter(({ revision }) => revision < '2025-11-25'))('$name', ({ open }) => {
  test('sampling can include context before that needed a capability', async () => {
    const client = await open(server, { capabilities: { sampling: {} } })
    const { result, questions } = await answering(client, 'tools/call', { name: 'sample with context' }, () => sampled('Hi!'))
    expect([textOf(result ?? {}), questions]).toMatchObject(['suite-1', [{ params: { includeContext: 'thisServer' } }]])
  })
})

describe.each(legacyWays.filter(({ revision }) => revision < '2025-06-18'))('$name', ({ open }) => {
  test.each(['form', 'page'])('no %s is elicited, whatever the client declared [C23] [C140]', async (name) => {
    const client = await open(server, { capabilities: ASKABLE })
    const { result, questions } = await answering(client, 'tools/call', { name }, () => accept({ yes: true }))
    expect([result, questions]).toMatchObject([{ isError: true }, []])
  })
})

describe.each(legacyWays.filter(({ revision }) => revision === '2025-06-18'))('$name', ({ open }) => {
  test('URL elicitation does not exist yet, whatever the client declared [C23] [C143]', async () => {
    const client = await open(server, { capabilities: ASKABLE })
    const { result, questions } = await answering(client, 'tools/call', { name: 'page' }, () => accept())
    expect([result, questions]).toMatchObject([{ isError: true }, []])
  })
})

describe(`http ${MODERN}`, () => {
  test('a missing capability is HTTP 400 [C63] [C140]', async () => {
    const { url } = await serve('http', server)
    const peer = await Peer.open(url ?? '', 'modern')
    const { status, messages } = await peer.request(1, 'tools/call', { name: 'roots' })
    expect([status, messages]).toMatchObject([400, [{ id: 1, error: { code: -32021, data: { requiredCapabilities: { roots: {} } } } }]])
  })
})

describe.each(LEGACY)('http %s', (revision) => {
  async function openPeer(): Promise<Peer> {
    const { url } = await serve('http', server)
    return Peer.open(url ?? '', 'legacy', revision, { capabilities: ASKABLE })
  }
  const call = requestText('c', 'tools/call', { name: 'roots' })

  test('an input request is sent on the stream of its request [C151]', async () => {
    const peer = await openPeer()
    const messages: Message[] = []
    const { statusCode, headers } = await peer.stream(call, (message) => {
      messages.push(message)
      if (message.method === 'roots/list') void peer.post(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: rooted('file:///a') }))
    })
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream'])
    expect(messages).toMatchObject([{ method: 'roots/list' }, { id: 'c', result: { content: [{ text: '1' }] } }])
  })

  test('concurrent calls have their input requests each on its own stream [C151]', async () => {
    const peer = await openPeer()
    const streams = ['roots', 'sample'].map(async (name) => {
      const messages: Message[] = []
      await peer.stream(requestText(name, 'tools/call', { name }), (message) => {
        messages.push(message)
        if (message.method !== undefined) void peer.post(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: name === 'roots' ? rooted() : sampled('Hi!') }))
      })
      return messages.map(({ method, id }) => method ?? id)
    })
    expect(await Promise.all(streams)).toEqual([['roots/list', 'roots'], ['sampling/createMessage', 'sample']])
  })

  test('a session that ends cancels its input requests', async () => {
    const stopped = gate<unknown>()
    const waiting = newServer().tool('roots', {}, async (_, { roots, signal }) => {
      void aborted(signal).then(stopped.open)
      return String((await roots()).length)
    })
    const { url } = await serve('http', waiting)
    const peer = await Peer.open(url ?? '', 'legacy', revision, { capabilities: ASKABLE })
    const messages: Message[] = []
    await peer.stream(call, (message) => {
      messages.push(message)
      if (message.method === 'roots/list') void peer.send('DELETE')
    })
    expect(await stopped).toMatchObject({ name: 'AbortError' })
    expect(messages.filter(({ result }) => result)).toEqual([])
  })

  test('a client that does not accept event streams cannot get input requests, and learns so at once [C140]', async () => {
    const peer = await openPeer()
    const { status, messages } = await peer.post(call, { accept: 'application/json' })
    expect([status, messages]).toMatchObject([200, [{ id: 'c', result: { isError: true, content: [{ text: expect.stringContaining('text/event-stream') }] } }]])
  })
})
