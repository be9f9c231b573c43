/** What a program in JavaScript gets wrong about servers and their options is refused before anything is served. */
import { beginLaunch, McpServer, type Launch } from '@gangway/core'
import { http, httpApp, mcpHttp } from '@gangway/transport-http'
import { fetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import { mcpSse, sse } from '@gangway/transport-sse'
import { stdio } from '@gangway/transport-stdio'
import Fastify from 'fastify'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closing } from '../doors/index.ts'
import { newServer } from '../doors/server.ts'

type Loose = (...given: unknown[]) => unknown

const usage = (message: unknown): object => ({ code: 'GANGWAY_E_USAGE', message })
/** A promise in every case, whether it is refused at once or later. */
const refusal = async (work: () => unknown): Promise<unknown> => {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('It was not refused')
}
const loose = <F>(made: F): Loose => made as unknown as Loose
const registered = (plugin: unknown, ...options: unknown[]): PromiseLike<unknown> => {
  const app = Fastify()
  onTestFinished(() => app.close())
  loose(app.register.bind(app))(plugin, ...options)
  return app.ready()
}

describe('a misspelt option', () => {
  const server = newServer()
  test.each<[string, string, () => unknown]>([
    ['http()', 'authentcate', () => http({ authentcate: () => undefined } as object)],
    ['http()', 'allowedHost', () => http({ allowedHost: [] } as object)],
    ['httpApp()', 'sesionIdle', () => httpApp(server, { sesionIdle: 1 } as object)],
    ['mcpHttp', 'maxBdy', () => registered(mcpHttp, { server, maxBdy: 1 })],
    ['fetchHandler()', 'pth', () => fetchHandler(server, { allowedHosts: 'any', pth: '/' } as never)],
    ['nodeHandler()', 'authentcate', () => nodeHandler(server, { authentcate: 1 } as object)],
    ['sse()', 'mesagesPath', () => sse({ mesagesPath: '/m' } as object)],
    ['mcpSse', 'maxSession', () => registered(mcpSse, { server, maxSession: 1 })],
    ['stdio()', 'maxline', () => stdio({ maxline: 1 } as object)],
    ['new McpServer()', 'instuctions', () => new McpServer({ name: 'shop', version: '1.0.0', instuctions: 'x' } as never)],
    ['run()', 'prot', () => newServer().run({ prot: 8000 } as object)],
    ['http()', 'prot', () => newServer().run({ transport: 'http', prot: 8000 } as object)],
    ['run(transport, options)', 'proces', () => newServer().run(http(), { proces: 'host' } as object)],
  ])('of %s, %s', async (where, option, make) => {
    expect(await refusal(make)).toMatchObject(usage(expect.stringMatching(`^${where.replace(/[()]/g, '\\$&')} has no option "${option}": did you mean "`)))
  })

  test('is none where it is undefined, and those of Fastify are its own', async () => {
    expect(http({ authentcate: undefined } as object).name).toBe('http')
    const app = Fastify()
    onTestFinished(() => app.close())
    const own = { prefix: '/api', logLevel: 'warn', logSerializers: {} } as const
    await app.register(mcpHttp, { server, ...own })
    await app.register(mcpSse, { server, ...own })
    await app.ready()
    expect(app.hasRoute({ method: 'POST', url: '/api/mcp' })).toBe(true)
  })
})

describe.each([
  ['http', (options: object) => http({ port: 0, ...options })],
  ['sse', (options: object) => sse({ port: 0, ...options })],
] as const)('%s', (name, transport) => {
  test.each<[object, string]>([
    [{ authenticate: 'x' }, 'authenticate must be a function, not "x": leave it out where there is none'],
    [{ authenticate: null }, 'authenticate must be a function, not null: leave it out where there is none'],
    [{ authenticate: '' }, 'authenticate must be a function, not "": leave it out where there is none'],
    [{ port: '8125' }, 'port must be a whole number from 0 to 65535, not "8125"'],
    [{ keepAlive: '5' }, 'keepAlive must be a number of milliseconds, 1 or more, or Infinity for no limit, not "5"'],
    ...(name === 'sse' ? [] : [
      [{ sessions: 'statless' }, 'sessions must be "stateful" or "stateless", not "statless"'],
      [{ responses: 'event' }, 'responses must be "auto" or "json" or "events", not "event"'],
    ] satisfies [object, string][]),
  ])('%j', async (options, message) => {
    expect(await refusal(() => transport(options).serve(newServer()))).toMatchObject(usage(message))
  })
})

describe('what is no server', () => {
  test.each<[string, () => unknown]>([
    ['app.register(mcpHttp, { server })', () => registered(mcpHttp)],
    ['app.register(mcpHttp, { server })', () => registered(mcpHttp, newServer())],
    ['app.register(mcpSse, { server })', () => registered(mcpSse, newServer())],
    ['nodeHandler(server)', () => loose(nodeHandler)()],
    ['httpApp(server)', () => loose(httpApp)({ port: 1 })],
    ['fetchHandler(server, { allowedHosts })', () => loose(fetchHandler)({ name: 'x' })],
  ])('%s', async (form, make) => {
    expect(await refusal(make)).toMatchObject(usage(`There is no server in it: write ${form}, where server is a new McpServer({ name, version })`))
  })
})

test('fetchHandler without options asks for the hosts', async () => {
  expect(await refusal(() => loose(fetchHandler)(newServer()))).toMatchObject({ code: 'GANGWAY_E_ALLOWED_HOSTS' })
})

describe('run()', () => {
  test.each<[string, unknown, string]>([
    ['a name', 'http', 'run() takes no name by itself: write run({ transport: "http" })'],
    ['a function', http, 'run() takes a transport, and http is a function that makes one: call it, as in run(http())'],
    ['nothing', null, 'run() takes an object with its options, not null'],
  ])('of %s', async (_what, target, message) => {
    expect(await refusal(() => newServer().run(target as never, { process: 'host' }))).toMatchObject(usage(message))
  })

  test('on stdio takes a command line that says who may come in', async () => {
    const launch: Launch = { flags: { authenticate: () => undefined }, banner: false, run: (_, start) => start(), resolve: () => '' }
    beginLaunch(launch)
    onTestFinished(() => beginLaunch(undefined as never))
    closing(await newServer().run(stdio({ stdin: new PassThrough(), stdout: new PassThrough() }), { process: 'host' }))
  })
})
