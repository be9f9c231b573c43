/** The client itself, against a server that a test plays: time, questions, and what comes unasked. */
import { getEventListeners } from 'node:events'
import { McpServer } from '@gangway/core'
import { META, type Message, type RequestMessage } from '@gangway/core/internal'
import { connect, Subscription, type Client, type ClientError, type ClientOptions, type ClientTransport, type Link, type Receiver } from '@gangway/core/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

interface Played {
  readonly sent: Message[]
  readonly say: (message: object) => void
  readonly transport: ClientTransport
}

/** Answers the first question of each era; `answer` takes every other request. */
function played(answer: (request: RequestMessage, say: (message: object) => void) => void = () => {}): Played {
  const sent: Message[] = []
  let receiver: Receiver | undefined
  const say = (message: object): void => receiver?.receive({ jsonrpc: '2.0', ...message } as Message)
  const take = (message: RequestMessage): void => {
    const { id, method, params } = message
    if (method === 'server/discover') say({ id, result: { supportedVersions: ['2026-07-28'], capabilities: {}, resultType: 'complete' } })
    else if (method === 'initialize') say({ id, result: { protocolVersion: params?.protocolVersion, capabilities: {}, serverInfo: { name: 'played', version: '1' } } })
    else answer(message, say)
  }
  const transport: ClientTransport = {
    name: 'played',
    open: async (given) => {
      receiver = given
      return {
        exchanges: false,
        send: async (message) => {
          sent.push(message)
          if ('method' in message && 'id' in message) queueMicrotask(() => take(message))
        },
        close: async () => {},
      }
    },
  }
  return { sent, say, transport }
}

const LEGACY: ClientOptions = { revision: '2025-11-25' }
const complete = { content: [], resultType: 'complete' }
const errorOf = (promise: Promise<unknown>): Promise<ClientError> => promise.then(() => Promise.reject(new Error('It did not fail')), (error: ClientError) => error)
const requests = ({ sent }: Played): RequestMessage[] => sent.filter((message): message is RequestMessage => 'method' in message && 'id' in message)

/** Gives the results of a call, one after the other, the last for ever. */
const giving = (...results: object[]): Played => played(({ id }, say) => say({ id, result: results.length > 1 ? results.shift() : results[0] }))

describe('input requests in results', () => {
  const QUESTION = { method: 'elicitation/create', params: { mode: 'form', message: 'Sure?', requestedSchema: { type: 'object', properties: { yes: { type: 'boolean', default: true }, why: { type: 'string' } } } } }

  test('each round has a new id, only its own responses, and the unchanged state', async () => {
    const server = giving({ resultType: 'input_required', inputRequests: { a: QUESTION }, requestState: ' s1 ' }, { resultType: 'input_required', inputRequests: { b: QUESTION } }, complete)
    const client = await connect(server.transport, { elicit: ({ message }) => ({ action: 'accept', content: { why: message } }) })
    expect(await client.callTool('x', { n: 1 })).toEqual(complete)
    const [first, second, third] = requests(server).slice(1)
    expect(new Set([first?.id, second?.id, third?.id]).size).toBe(3)
    const answer = { action: 'accept', content: { yes: true, why: 'Sure?' } }
    expect(first?.params).not.toHaveProperty('inputResponses')
    expect(second?.params).toMatchObject({ name: 'x', arguments: { n: 1 }, inputResponses: { a: answer }, requestState: ' s1 ' })
    expect(third?.params).toMatchObject({ inputResponses: { b: answer } })
    expect(third?.params).not.toHaveProperty('requestState')
    expect(third?.params?.inputResponses).not.toHaveProperty('a')
  })

  test('state without an input request is returned at once', async () => {
    const server = giving({ resultType: 'input_required', requestState: 's1' }, { resultType: 'complete', messages: [] })
    const client = await connect(server.transport)
    expect(await client.getPrompt('x')).toMatchObject({ messages: [] })
    expect(requests(server).at(-1)?.params).toMatchObject({ requestState: 's1' })
    expect(requests(server).at(-1)?.params).not.toHaveProperty('inputResponses')
  })

  test.each([
    ['only state', { requestState: 's' }],
    ['the same requests', { inputRequests: { a: QUESTION }, requestState: 's' }],
  ])('a server that repeats %s is given up after 32 rounds [case 4]', async (_, more) => {
    const client = await connect(giving({ resultType: 'input_required', ...more }).transport, { elicit: () => ({ action: 'decline' }) })
    expect(await errorOf(client.callTool('x'))).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringMatching(/^played: tools\/call .* 32 rounds$/) })
  })

  test('requests that differ all get responses, up to 256 rounds [case 4]', async () => {
    const rounds = (count: number) => giving(...Array.from({ length: count }, (_, round) => ({ resultType: 'input_required', inputRequests: { [`q${round}`]: QUESTION }, requestState: 's' })), complete)
    const answers = { elicit: () => ({ action: 'decline' as const }) }
    expect(await (await connect(rounds(256).transport, answers)).callTool('x')).toEqual(complete)
    expect(await errorOf((await connect(rounds(257).transport, answers)).callTool('x'))).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('256 rounds') })
  })

  test('an input request without a handler fails the call', async () => {
    const client = await connect(giving({ resultType: 'input_required', inputRequests: { a: QUESTION } }).transport)
    expect(await errorOf(client.callTool('x'))).toMatchObject({ code: -32601 })
  })

  test.each([[[]], [{ a: 'text' }], [{ a: { params: {} } }]])('an invalid input request is an error: %j', async (inputRequests) => {
    const client = await connect(giving({ resultType: 'input_required', inputRequests }).transport)
    expect(await errorOf(client.callTool('x'))).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('"inputRequests"') })
  })

  test('an unknown kind of result is an error', async () => {
    const client = await connect(giving({ resultType: 'task', taskId: 't1' }).transport)
    expect(await errorOf(client.callTool('x'))).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('"resultType" is "task"') })
  })
})

function fail(): never {
  throw new Error('of mine')
}

describe('messages that belong to no request', () => {
  test('a ping gets a response, and an input request the response, an error, or an error that nothing handles it', async () => {
    const server = played()
    await connect(server.transport, { ...LEGACY, roots: () => [{ uri: 'file:///x' }], sample: () => Promise.reject(new Error('no model')) })
    server.say({ id: 'p', method: 'ping' })
    server.say({ id: 'r', method: 'roots/list' })
    server.say({ id: 's', method: 'sampling/createMessage', params: {} })
    server.say({ id: 'e', method: 'elicitation/create', params: {} })
    await vi.waitFor(() => expect(server.sent.filter((message) => !('method' in message))).toHaveLength(4))
    expect(server.sent.filter((message) => !('method' in message))).toEqual(
      expect.arrayContaining([
        { jsonrpc: '2.0', id: 'p', result: {} },
        { jsonrpc: '2.0', id: 'r', result: { roots: [{ uri: 'file:///x' }] } },
        { jsonrpc: '2.0', id: 's', error: { code: -32603, message: 'Internal error' } },
        { jsonrpc: '2.0', id: 'e', error: { code: -32601, message: 'Method not found: elicitation/create' } },
      ]),
    )
  })

  test('an input request that the server cancels aborts its handler', async () => {
    const server = played()
    let reason: unknown
    await connect(server.transport, { ...LEGACY, elicit: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => ((reason = signal.reason), resolve({ action: 'cancel' })))) })
    server.say({ id: 'e', method: 'elicitation/create', params: { message: 'x', requestedSchema: {} } })
    server.say({ method: 'notifications/cancelled', params: { requestId: 'e', reason: 'Never mind' } })
    await vi.waitFor(() => expect(reason).toMatchObject({ name: 'AbortError', message: 'Never mind' }))
    expect(server.sent.filter((message) => !('method' in message))).toEqual([])
  })

  test('every notification can be received', async () => {
    const heard: unknown[] = []
    const server = played()
    await connect(server.transport, { ...LEGACY, onNotification: (method, params) => heard.push([method, params]) })
    server.say({ method: 'notifications/tools/list_changed' })
    server.say({ method: 'notifications/custom', params: { a: 1 } })
    expect(heard).toEqual([['notifications/tools/list_changed', {}], ['notifications/custom', { a: 1 }]])
  })

  test('a callback that throws affects nothing else', async () => {
    const thrown: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => thrown.push(error))
    try {
      const server = played(({ id }, say) => {
        say({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } })
        say({ method: 'notifications/message', params: { level: 'info', data: 'x' } })
        say({ id, result: { content: [] } })
      })
      const client = await connect(server.transport, { ...LEGACY, onLog: fail })
      expect(await client.callTool('x', {}, { onProgress: fail })).toEqual({ content: [] })
      await vi.waitFor(() => expect(thrown).toEqual([new Error('of mine'), new Error('of mine')]))
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
  })

  test('progress for no request, or without values, does no harm', async () => {
    const faults: ClientError[] = []
    const server = played()
    await connect(server.transport, { ...LEGACY, onFault: (fault) => faults.push(fault) })
    server.say({ method: 'notifications/progress', params: { progressToken: 99, progress: 1 } })
    server.say({ method: 'notifications/progress' })
    server.say({ method: 'notifications/cancelled' })
    server.say({ method: 'notifications/resources/updated', params: {} })
    expect(faults).toEqual([])
  })
})

test('[case 35] many requests on one AbortSignal add one listener, and none once they are done', async () => {
  const warnings: string[] = []
  const warn = ({ name }: Error): void => void warnings.push(name)
  process.on('warning', warn)
  const open: (() => void)[] = []
  const server = played(({ id }, say) => open.push(() => say({ id, result: complete })))
  const client = await connect(server.transport)
  const { signal } = new AbortController()
  const calls = Array.from({ length: 50 }, () => client.callTool('x', {}, { signal }))
  await vi.waitFor(() => expect(open).toHaveLength(50))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  for (const answer of open) answer()
  await Promise.all(calls)
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  await new Promise((resolve) => setImmediate(resolve)) // Warnings are emitted a turn later.
  process.off('warning', warn)
  expect(warnings).toEqual([])
})

test('[case 35] an aborted signal cancels each of its requests', async () => {
  const server = played()
  const client = await connect(server.transport)
  const controller = new AbortController()
  const calls = Array.from({ length: 20 }, () => client.callTool('x', {}, { signal: controller.signal }))
  controller.abort(new Error('Enough'))
  const outcomes = await Promise.allSettled(calls)
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as Error).message)).toEqual(calls.map(() => 'Enough'))
  expect(server.sent.filter((message) => 'method' in message && message.method === 'notifications/cancelled')).toHaveLength(20)
})

test('[case 35] many input requests that are handled at once add at most one listener to a signal', async () => {
  const warnings: string[] = []
  const warn = ({ name }: Error): void => void warnings.push(name)
  process.on('warning', warn)
  const held: (() => void)[] = []
  const server = played()
  const { transport } = server
  const slow: ClientTransport = { ...transport, open: async (receiver, signal) => {
    const link = await transport.open(receiver, signal)
    return { ...link, send: (message) => ('method' in message ? link.send(message) : new Promise<void>((resolve) => held.push(resolve))) }
  } }
  const client = await connect(slow, { ...LEGACY, roots: [] })
  for (let id = 0; id < 50; id++) server.say({ id, method: 'roots/list' })
  await vi.waitFor(() => expect(held).toHaveLength(50))
  for (const release of held) release()
  await client.close()
  await new Promise((resolve) => setImmediate(resolve)) // Warnings are emitted a turn later.
  process.off('warning', warn)
  expect(warnings).toEqual([])
})

test('[case 38] a page with very many entries', async () => {
  const tools = Array.from({ length: 200_000 }, (_, index) => ({ name: `t${index}`, inputSchema: { type: 'object' } }))
  const client = await connect(giving({ tools, resultType: 'complete' }).transport)
  expect(await client.listTools()).toHaveLength(tools.length)
})

describe('[case 22] ids that a server returns as strings', () => {
  test('cancel only its own request', async () => {
    const reasons: unknown[] = []
    const server = played()
    await connect(server.transport, { ...LEGACY, elicit: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => (reasons.push(signal.reason), resolve({ action: 'cancel' })))) })
    server.say({ id: 7, method: 'elicitation/create', params: {} })
    server.say({ method: 'notifications/cancelled', params: { requestId: '07' } })
    server.say({ method: 'notifications/cancelled', params: { requestId: '7' } })
    await vi.waitFor(() => expect(reasons).toHaveLength(1))
  })

  test('of a subscription', async () => {
    const server = played(({ id, method }, say) => method === 'subscriptions/listen' && say({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { toolsListChanged: true }, _meta: { [META.subscriptionId]: String(id) } } }))
    const client = await connect(server.transport)
    const subscription = await client.listen({ toolsListChanged: true })
    const { id } = requests(server).at(-1)!
    server.say({ method: 'notifications/tools/list_changed', params: { _meta: { [META.subscriptionId]: String(id) } } })
    expect(await subscription.next()).toMatchObject({ value: { list: 'tools' } })
  })
})

test('a list with many large pages fails', async () => {
  const text = 'x'.repeat(8 * 1024 * 1024)
  let page = 0
  const server = played(({ id }, say) => say({ id, result: { prompts: [{ name: `p${++page}`, description: text }], nextCursor: `${page}`, resultType: 'complete' } }))
  const client = await connect(server.transport)
  expect(await errorOf(client.listPrompts())).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('does not end') })
  expect(page).toBeLessThan(12)
})

test('a reader who never reads gets no notification for each of many resources', async () => {
  const subscription = new Subscription({ resourceSubscriptions: ['a://b'] }, async () => {})
  for (let index = 0; index < 5000; index++) subscription.notify({ uri: `a://b/${index}` })
  subscription.finish()
  const told: unknown[] = []
  for await (const change of subscription) told.push(change)
  expect(told).toHaveLength(1001)
  expect(told.at(-1)).toEqual({ uri: 'a://b' })
})

const subscribing = async (server: Played): Promise<Client> => {
  const client = await connect(server.transport, LEGACY)
  Object.assign(client.server.capabilities, { resources: { subscribe: true } })
  return client
}
const subscribed = (server: Played): unknown[] => requests(server).map(({ method, params }) => [method, params?.uri]).slice(1)

describe('subscriptions to one resource, in the legacy era', () => {
  test('are one subscription for the server, until the last one closes, however fast they change', async () => {
    const server = played(({ id }, say) => say({ id, result: {} }))
    const client = await subscribing(server)
    const [one, other] = await Promise.all([client.subscribe('shop://tea'), client.subscribe('shop://tea')])
    await one.close()
    server.say({ method: 'notifications/resources/updated', params: { uri: 'shop://tea' } })
    expect(await other.next()).toMatchObject({ value: { uri: 'shop://tea' } })
    expect(subscribed(server)).toEqual([['resources/subscribe', 'shop://tea']])
    await other.close()
    expect(subscribed(server).at(-1)).toEqual(['resources/unsubscribe', 'shop://tea'])
  })

  test('leave none with the server if one of several is rejected', async () => {
    const server = played(({ id, params }, say) => say(params?.uri === 'shop://nothing' ? { id, error: { code: -32002, message: 'Nothing there' } } : { id, result: {} }))
    const client = await subscribing(server)
    expect(await errorOf(client.listen({ resourceSubscriptions: ['shop://tea', 'shop://nothing'] }))).toMatchObject({ code: -32002 })
    expect(subscribed(server)).toEqual([['resources/subscribe', 'shop://tea'], ['resources/subscribe', 'shop://nothing'], ['resources/unsubscribe', 'shop://tea']])
  })
})

test('a list that changes while it is fetched is not cached', async () => {
  let tools = [{ name: 'a', inputSchema: { type: 'object' } }]
  const server = played(({ id, method }, say) => {
    if (method === 'tools/list') say({ id, result: { tools, ttlMs: 60_000, cacheScope: 'private', resultType: 'complete' } })
    else say({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { toolsListChanged: true }, _meta: { 'io.modelcontextprotocol/subscriptionId': id } } })
  })
  const client = await connect(server.transport)
  await client.listen({ toolsListChanged: true })
  const listing = client.listTools()
  await Promise.resolve() // It is asked for.
  server.say({ method: 'notifications/tools/list_changed', params: { _meta: { 'io.modelcontextprotocol/subscriptionId': requests(server).at(-2)?.id } } })
  expect(await listing).toHaveLength(1)
  tools = [...tools, { name: 'b', inputSchema: { type: 'object' } }]
  expect(await client.listTools()).toHaveLength(2)
  await client.listTools()
  expect(requests(server).filter(({ method }) => method === 'tools/list')).toHaveLength(2)
})

test('a call keeps its result if the tools cannot be listed to check it', async () => {
  const faults: ClientError[] = []
  const result = { content: [], structuredContent: { paid: true }, resultType: 'complete' }
  const server = played(({ id, method }, say) => say(method === 'tools/call' ? { id, result } : { id, error: { code: -32603, message: 'Internal error' } }))
  const client = await connect(server.transport, { onFault: (fault) => faults.push(fault) })
  expect(await client.callTool('pay')).toEqual(result)
  expect(faults).toMatchObject([{ code: 'GANGWAY_E_RESULT', message: expect.stringMatching(/^played: .*pay.*tools\/list/) }])
})

test.each([
  ['an address', 'http://127.0.0.1:8000/mcp', 'httpClient("http://127.0.0.1:8000/mcp")', 'http'],
  ['an address as a URL', new URL('http://127.0.0.1:8000/mcp'), 'httpClient("http://127.0.0.1:8000/mcp")', 'http'],
  ['the transport of a server', { name: 'sse', serve: () => {}, configure: () => {} }, 'sseClient(…)', 'sse'],
  ['a server', new McpServer({ name: 'shop', version: '1.0.0' }), 'httpClient(…)', 'http'],
  ['nothing', undefined, 'httpClient(…)', 'http'],
])('connect() suggests what to pass instead of %s', async (_what, given, call, name) => {
  const message = `connect() expects a client transport. Write connect(${call}), with ${name}Client from @gangway/transport-${name}/client`
  expect(await errorOf(connect(given as never))).toMatchObject({ code: 'GANGWAY_E_USAGE', message })
})

describe('a call keeps its result if it cannot be checked', () => {
  const result = { content: [], structuredContent: { paid: true }, resultType: 'complete' }
  const paying = (outputSchema: object): Played =>
    played(({ id, method }, say) => say({ id, result: method === 'tools/call' ? result : { tools: [{ name: 'pay', inputSchema: { type: 'object' }, outputSchema }], ttlMs: 0, cacheScope: 'private', resultType: 'complete' } }))

  test.each([
    ['the validator is missing', { type: 'object' }, true, '@cfworker/json-schema, which is not installed: npm install @cfworker/json-schema'],
    ['its schema cannot be followed', { type: 'object', $schema: 'https://example.com/mine' }, false, 'The JSON Schema dialect https://example.com/mine is not supported'],
  ])('%s', async (_why, schema, withoutValidator, reason) => {
    if (withoutValidator) {
      vi.doMock('@cfworker/json-schema', () => {
        throw new Error('Cannot find package')
      })
    }
    const faults: ClientError[] = []
    const client = await connect(paying(schema).transport, { onFault: (fault) => faults.push(fault) })
    expect(await client.callTool('pay').finally(() => vi.doUnmock('@cfworker/json-schema'))).toEqual(result)
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('played: the result of tool pay is not checked: ') }])
    expect(faults[0]?.message).toContain(reason)
  })
})

describe('servers with small deviations', () => {
  test('null counts as absent', async () => {
    const server = played(({ id, method }, say) => say({ id, result: method === 'tools/list' ? { tools: [{ name: 'x', inputSchema: {}, outputSchema: null }], nextCursor: null } : { prompts: [{ name: 'p', arguments: null }], nextCursor: null } }))
    const client = await connect(server.transport, LEGACY)
    expect(await client.listTools()).toHaveLength(1)
    expect(await client.listPrompts()).toHaveLength(1)
  })

  test('an invalid acknowledgement is used as far as it is valid', async () => {
    const server = played(({ id }, say) => say({ method: 'notifications/subscriptions/acknowledged', params: { notifications: { toolsListChanged: 'yes', promptsListChanged: true, resourceSubscriptions: [1, 'a://b'], more: 1 }, _meta: { 'io.modelcontextprotocol/subscriptionId': id } } }))
    const client = await connect(server.transport)
    expect((await client.listen({ toolsListChanged: true })).filter).toEqual({ promptsListChanged: true, resourceSubscriptions: ['a://b'] })
  })

  test('server info is used only if it is valid', async () => {
    const { transport } = played()
    const boasting: ClientTransport = {
      name: 'boasting',
      open: (receiver, signal) => {
        const receive = (message: Message): void => receiver.receive('result' in message ? { ...message, result: { ...message.result, serverInfo: 'me', instructions: 1 } } : message)
        return transport.open({ receive, fault: (error) => receiver.fault(error), closed: (error) => receiver.closed(error) }, signal)
      },
    }
    expect((await connect(boasting, LEGACY)).server).toMatchObject({ info: undefined, instructions: undefined })
  })
})

describe('timeouts', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('progress resets the timeout, up to the maximum', async () => {
    const server = played()
    const client = await connect(server.transport, { timeout: 100, totalTimeout: 250 })
    const failing = errorOf(client.callTool('x'))
    await vi.advanceTimersByTimeAsync(0)
    const { id } = requests(server).at(-1)!
    for (const progress of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(80)
      server.say({ method: 'notifications/progress', params: { progressToken: id, progress } })
    }
    await vi.advanceTimersByTimeAsync(20)
    expect(await failing).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: 'played: No response to tools/call within 250 ms' })
    expect(server.sent.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } })
    expect(vi.getTimerCount()).toBe(0)
  })

  test('an input request that is being handled stops the timeout', async () => {
    const server = played()
    let answer: (() => void) | undefined
    const client = await connect(server.transport, { ...LEGACY, timeout: 100, totalTimeout: 100, elicit: () => new Promise((resolve) => (answer = () => resolve({ action: 'decline' }))) })
    const calling = client.callTool('x')
    await vi.advanceTimersByTimeAsync(0)
    const { id } = requests(server).at(-1)!
    server.say({ id: 'e', method: 'elicitation/create', params: {} })
    await vi.advanceTimersByTimeAsync(1000)
    answer?.()
    await vi.advanceTimersByTimeAsync(0)
    server.say({ id, result: { content: [] } })
    expect(await calling).toEqual({ content: [] })
  })

  test('a late response is not a fault', async () => {
    const faults: ClientError[] = []
    const server = played()
    const client = await connect(server.transport, { timeout: 100, onFault: (fault) => faults.push(fault) })
    const failing = errorOf(client.callTool('x'))
    await vi.advanceTimersByTimeAsync(100)
    await failing
    server.say({ id: requests(server).at(-1)!.id, result: complete })
    expect(faults).toEqual([])
  })

  test('a transport that never opens and ignores its signal is given up, and closed if it opens late', async () => {
    let come: ((link: Link) => void) | undefined
    const close = vi.fn(async () => {})
    const transport: ClientTransport = { name: 'stuck', open: () => new Promise((resolve) => (come = resolve)) }
    const failing = errorOf(connect(transport, { timeout: 100 }))
    await vi.advanceTimersByTimeAsync(100)
    expect(await failing).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: 'stuck did not open within 100 ms' })
    come?.({ exchanges: false, send: async () => {}, close })
    await vi.advanceTimersByTimeAsync(0)
    expect(close).toHaveBeenCalledOnce()
  })

  test('a subscription without an acknowledgement is given up', async () => {
    const client = await connect(played().transport, { timeout: 100 })
    const failing = errorOf(client.listen({ toolsListChanged: true }))
    await vi.advanceTimersByTimeAsync(100)
    expect(await failing).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: expect.stringContaining('did not acknowledge') })
  })
})
