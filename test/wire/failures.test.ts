/** What a handler throws: what the client sees of it, and what the log has. */
import { ErrorCode, McpError, promptResult, resourceResult, text, ToolError, toolResult, type McpServerOptions } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere, type Client } from '../harness/index.ts'
import { logged, newServer, silent, textOf } from '../harness/server.ts'

const MASKED = /^Internal error \(error id ([0-9a-f]{8})\)$/
const SECRET = 'connect ECONNREFUSED postgres://admin:hunter2@db/shop'

interface Line {
  err: unknown
  errorId?: string
  [field: string]: unknown
}

/** A server each of whose items throws the same. */
const throwing = (thrown: unknown, options: Partial<McpServerOptions> = {}) => {
  const fail = (): never => {
    throw thrown
  }
  return newServer(options)
    .tool('pay', { output: { sum: z.number() } }, fail)
    .prompt('greet', { args: { who: z.string() }, complete: { who: fail } }, fail)
    .resource('shop://orders/{order}', {}, fail)
}

const completion = { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'who', value: '' } }

/** What the client reads, by item. */
async function visibleTo(client: Client): Promise<Record<'tool' | 'prompt' | 'resource', string>> {
  const called = await client.call('pay')
  expect(called.isError).toBe(true)
  const prompt = await client.error('prompts/get', { name: 'greet', arguments: { who: 'Ann' } })
  const resource = await client.error('resources/read', { uri: 'shop://orders/17' })
  expect([prompt.code, resource.code]).toEqual([ErrorCode.InternalError, ErrorCode.InternalError])
  return { tool: String(textOf(called)), prompt: prompt.message, resource: resource.message }
}

const memoryWays = everywhere.filter(({ door, revision }) => door === 'memory' && revision >= '2025-11-25')

describe.each(everywhere)('$name', ({ open, revision, door, modern }) => {
  test('an unexpected error is logged once, with its stack and the item, and masked for the client under the same id [case 1]', async () => {
    const { logger, lines } = logged('error')
    const bug = new TypeError(SECRET)
    const client = await open(throwing(bug, { logger }))
    const seen = await visibleTo(client)
    await client.error('completion/complete', completion).catch((error: unknown) => revision > '2024-11-05' && Promise.reject(error))
    const details = lines.map(([line]) => line as Line)
    expect(details.slice(0, 3)).toMatchObject([{ tool: 'pay', method: 'tools/call' }, { prompt: 'greet', method: 'prompts/get' }, { uri: 'shop://orders/17', method: 'resources/read' }])
    expect(details[3] ?? { prompt: 'greet', argument: 'who' }).toMatchObject({ prompt: 'greet', argument: 'who' })
    expect(details).toHaveLength(4)
    for (const line of details) expect(line).toMatchObject({ err: bug, revision, id: expect.anything() })
    expect(Object.values(seen).map((message) => MASKED.exec(message)?.[1])).toEqual(details.slice(0, 3).map(({ errorId }) => errorId))
    const named = !modern && (door === 'http' || door === 'sse')
    for (const line of details) expect(String(line.session)).toMatch(named ? /^[0-9a-f]{8}$/ : /^undefined$/)
  })

  test('the message of a ToolError reaches the client, and is not logged as an error', async () => {
    const { logger, lines } = logged('error')
    const client = await open(throwing(new ToolError('No order 17: call list_orders'), { logger }))
    expect(await visibleTo(client)).toEqual({ tool: 'No order 17: call list_orders', prompt: 'No order 17: call list_orders', resource: 'No order 17: call list_orders' })
    expect(lines).toEqual([])
  })
})

describe.each(memoryWays)('$name', ({ open, modern }) => {
  test('a result that violates its output schema is logged as a failure of the tool, and not sent', async () => {
    const { logger, lines } = logged('error')
    const client = await open(newServer({ logger }).tool('pay', { output: { sum: z.number() } }, () => ({ sum: SECRET as never })))
    expect(textOf(await client.call('pay'))).toMatch(MASKED)
    expect(lines).toMatchObject([[{ tool: 'pay', err: { message: expect.stringContaining('sum') } }, expect.any(String)]])
  })

  test.each([
    ['a symbol', Symbol('x')],
    ['a function', () => 'x'],
    ['a bigint', 5n],
  ])('%s that a handler returns is an error that names the item [case A12]', async (_, value) => {
    const { logger, lines } = logged('error')
    const client = await open(newServer({ logger }).tool('t', {}, () => value as never).prompt('p', {}, () => value as never).resource('a://r', {}, () => value as never))
    expect(textOf(await client.call('t'))).toMatch(MASKED)
    for (const [method, params] of [['prompts/get', { name: 'p' }], ['resources/read', { uri: 'a://r' }]] as const) expect(await client.error(method, params)).toMatchObject({ code: -32603, message: expect.stringMatching(MASKED) })
    expect(lines.map(([line]) => line)).toMatchObject([{ tool: 't', err: expect.any(TypeError) }, { prompt: 'p' }, { uri: 'a://r' }])
  })

  test('a bigint deep in a result is found when the response is written, and the log names the item [case A12]', async () => {
    const { logger, lines } = logged('error')
    const _meta = { n: 5n }
    const server = newServer({ logger })
      .tool('t', {}, () => toolResult({ content: [text('x')], _meta }))
      .prompt('p', {}, () => promptResult({ messages: [], _meta }))
      .resource('a://r', {}, () => resourceResult({ contents: [], _meta }))
    const client = await open(server)
    expect(textOf(await client.call('t'))).toMatch(MASKED)
    for (const [method, params] of [['prompts/get', { name: 'p' }], ['resources/read', { uri: 'a://r' }]] as const) expect(await client.error(method, params)).toMatchObject({ code: -32603, message: expect.stringMatching(MASKED) })
    expect(lines.map(([line]) => line)).toMatchObject([{ tool: 't', err: { cause: expect.any(TypeError) } }, { prompt: 'p' }, { uri: 'a://r' }])
  })

  const hostile = new Proxy({}, { get: () => { throw new Error('get') }, has: () => { throw new Error('has') }, getPrototypeOf: () => { throw new Error('prototype') }, ownKeys: () => { throw new Error('keys') } })
  const withGetter = Object.defineProperty({}, 'message', { get: () => { throw new Error('getter') } })

  test.each([
    ['an object with a message', { code: 42, message: 'from an API' }, 'from an API'],
    ['a string', 'plain', 'plain'],
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a symbol', Symbol('odd'), 'Symbol(odd)'],
    ['an object without a message', { code: 42 }, MASKED],
    ['an object with a getter that throws', withGetter, MASKED],
    ['a proxy that throws', hostile, MASKED],
  ])('a thrown %s is shown with its message and logged completely [case 34]', async (_, thrown, message) => {
    const { logger, lines } = logged('error')
    const client = await open(throwing(thrown, { logger, errors: 'message' }))
    for (const text of Object.values(await visibleTo(client))) expect(text).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
    expect(lines).toHaveLength(3)
    for (const [line] of lines) expect(Object.is((line as { err: { thrown: unknown } }).err.thrown, thrown)).toBe(true)
  })

  test('errors: a function decides what clients see, for tools, prompts and resources', async () => {
    const infos: unknown[] = []
    const client = await open(throwing(new Error(SECRET), { errors: (error, info) => (infos.push(info), `${info.kind} ${info.name}: ${(error as Error).name} ${info.errorId.length}`) }))
    expect(await visibleTo(client)).toEqual({ tool: 'tool pay: Error 8', prompt: 'prompt greet: Error 8', resource: 'resource shop://orders/17: Error 8' })
    expect(infos).toHaveLength(3)
  })

  test.each([
    ['throws', () => { throw new Error('of the policy') }],
    ['rejects', () => Promise.reject(new Error('of the policy'))],
    ['returns a number', () => 7],
  ])('an errors function that %s leaves the error masked, and is logged', async (_, errors) => {
    const { logger, lines } = logged('error')
    const client = await open(throwing(new Error(SECRET), { logger, errors: errors as never }))
    for (const text of Object.values(await visibleTo(client))) expect(text).toMatch(MASKED)
    expect(lines.map(([, message]) => String(message).includes('"errors"'))).toEqual([false, true, false, true, false, true])
  })

  test('an errors function that returns undefined masks the error', async () => {
    const { logger, lines } = logged('error')
    const client = await open(throwing(new Error(SECRET), { logger, errors: () => undefined }))
    for (const text of Object.values(await visibleTo(client))) expect(text).toMatch(MASKED)
    expect(lines).toHaveLength(3)
  })

  test('the cause of an McpError is logged, and its message is sent', async () => {
    const { logger, lines } = logged('error')
    const cause = new Error(SECRET)
    const client = await open(throwing(new McpError(-31050, 'The shop is closed', { cause }), { logger }))
    expect(await client.error('tools/call', { name: 'pay' })).toEqual({ code: -31050, message: 'The shop is closed' })
    expect(lines).toMatchObject([[{ tool: 'pay', err: cause }, 'The shop is closed']])
  })

  test.each(['throws', 'rejects'])('a logger that %s affects neither the request nor the server', async (how) => {
    const log = how === 'throws' ? () => { throw new Error('disk full') } : () => Promise.reject(new Error('disk full'))
    const client = await open(throwing(new Error(SECRET), { logger: { ...silent, error: log as never } }))
    expect((await visibleTo(client)).tool).toMatch(MASKED)
    expect(await client.result('tools/list')).toMatchObject({ tools: [{ name: 'pay' }] })
  })

  test('errors of clients do not flood the log: ids and values are cut, and nothing is logged above debug [case A7]', async () => {
    const written: string[] = []
    const write = (level: string) => (details: object) => void written.push(`${level} ${JSON.stringify(details)}`)
    const client = await open(newServer({ logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') } }).tool('t', {}, () => 'ok'))
    const long = 'x'.repeat(50_000)
    for (let n = 0; n < 200; n++) {
      await client.request('tools/call', { name: 't', requestState: long })
      await client.request('resources/read', { uri: `a://${long}` })
      client.notify('notifications/cancelled', { requestId: long, reason: long })
    }
    await client.call('t')
    expect(written.filter((line) => !line.startsWith('debug'))).toEqual([])
    expect(Math.max(0, ...written.map((line) => line.length))).toBeLessThan(4096)
    expect(written.length).toBeGreaterThan(modern ? 200 : 199)
  })

  test('long messages and URIs are cut in the log', async () => {
    const { logger, lines } = logged('error')
    const server = newServer({ logger }).resource('a://{+rest}', {}, ({ rest }) => { throw new Error(`No ${rest}${'y'.repeat(1e6)}`) })
    const client = await open(server)
    await client.error('resources/read', { uri: `a://${'x'.repeat(1000)}` })
    expect(JSON.stringify(lines).length).toBeLessThan(20_000)
    expect(lines).toMatchObject([[{ err: { type: 'Error', message: expect.stringContaining('No x') } }, expect.any(String)]])
  })

  test('the context can be spread and destructured [case 13]', async () => {
    const server = newServer().tool('t', { input: { how: z.string() } }, async ({ how }, ctx) => {
      const { log, elicit, step, progress, sample, roots, can, signal, ...rest } = how === 'spread' ? { ...ctx } : ctx
      log.info('x')
      progress(1)
      const stepped = await step('s', () => 1)
      const refused = await Promise.all([elicit('e', 'Sure?', {}), sample('m', { messages: [], maxTokens: 1 }), roots()].map((asked) => asked.catch(({ name }) => name)))
      return JSON.stringify([stepped, can('elicitation'), signal.aborted, rest.revision, rest.id, rest.client.info?.name, rest.auth, rest.inputs, refused])
    })
    const client = await open(server)
    const results = [textOf(await client.call('t', { how: 'spread' })), textOf(await client.call('t', { how: 'apart' }))].map((text) => JSON.parse(String(text)))
    for (const result of results) result[4] = 'id'
    expect(results[0]).toEqual(results[1])
    expect(results[0].slice(0, 3)).toEqual([1, false, false])
  })

  test('the context lists its members', async () => {
    const server = newServer().tool('t', {}, (_, ctx) => JSON.stringify([Object.keys(ctx), Object.keys({ ...ctx }), 'log' in ctx]))
    const [own, spread, has] = JSON.parse(String(textOf(await (await open(server)).call('t'))))
    expect(own).toEqual(spread)
    expect(own).toEqual(expect.arrayContaining(['signal', 'log', 'progress', 'elicit', 'sample', 'roots', 'can', 'step', 'auth', 'client']))
    expect(has).toBe(true)
  })
})

test.each([['E_FOO'], [undefined], [1.5], [Number.NaN]])('an McpError with the code %s is rejected when it is created [case 55]', (code) => {
  expect(() => new McpError(code as never, 'no')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.stringContaining('integer') }))
})

test.each([[McpError, [1, { text: 'no' }]], [ToolError, [{ text: 'no' }]]] as const)('%o takes a string as its message', (ErrorClass, args) => {
  expect(() => new ErrorClass(...(args as unknown as [never, never]))).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE' }))
})

test('a code that is changed later is masked [case 55]', async () => {
  for (const { open } of memoryWays) {
    const client = await open(throwing(Object.assign(new McpError(1, 'no'), { code: 'E_FOO' })))
    expect(await client.error('tools/call', { name: 'pay' })).toMatchObject({ code: -32603, message: expect.stringMatching(MASKED) })
  }
})

test.each(['mask', true, null])('errors: %s is rejected', (errors) => {
  expect(() => newServer({ errors: errors as never })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.stringContaining('errors') }))
})
