/** What a program in JavaScript gets wrong about servers and their options is refused before anything is served. */
import { McpServer } from '@gangway/core'
import { beginLaunch, type Launch } from '@gangway/core/internal'
import { fileSessions, http, httpApp, mcpHttp } from '@gangway/transport-http'
import { bearer, introspection, tokens } from '@gangway/auth'
import { connect } from '@gangway/core/client'
import { proxy, proxyAll, sdkServer } from '@gangway/core/proxy'
import { connectInMemory as connectForTests, memory } from '@gangway/core/testing'
import { httpClient as clientHttp } from '@gangway/transport-http/client'
import { fetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import { mcpSse, sse } from '@gangway/transport-sse'
import { sseClient as clientSse } from '@gangway/transport-sse/client'
import { stdio } from '@gangway/transport-stdio'
import { stdioClient as clientStdio } from '@gangway/transport-stdio/client'
import Fastify from 'fastify'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closing } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

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

describe('a misspelled option', () => {
  const server = newServer()
  test.each<[string, string, () => unknown]>([
    ['http()', 'authentcate', () => http({ authentcate: () => undefined } as object)],
    ['http()', 'allowedHost', () => http({ allowedHost: [] } as object)],
    ['httpApp()', 'sesionIdleTimeout', () => httpApp(server, { sesionIdleTimeout: 1 } as object)],
    ['mcpHttp', 'bodyLimt', () => registered(mcpHttp, { server, bodyLimt: 1 })],
    ['fetchHandler()', 'pth', () => fetchHandler(server, { allowedHosts: 'any', pth: '/' } as never)],
    ['nodeHandler()', 'authentcate', () => nodeHandler(server, { authentcate: 1 } as object)],
    ['sse()', 'mesagesPath', () => sse({ mesagesPath: '/m' } as object)],
    ['mcpSse', 'maxSession', () => registered(mcpSse, { server, maxSession: 1 })],
    ['stdio()', 'messagelimit', () => stdio({ messagelimit: 1 } as object)],
    ['new McpServer()', 'instuctions', () => new McpServer({ name: 'shop', version: '1.0.0', instuctions: 'x' } as never)],
    ['requestState', 'kyes', () => new McpServer({ name: 'shop', version: '1.0.0', requestState: { kyes: [] } as object })],
    ['new McpServer()', 'cacheTll', () => new McpServer({ name: 'shop', version: '1.0.0', cacheTll: 1 } as never)],
    ['resource "a://b"', 'cacheScpe', () => newServer().resource('a://b', { cacheScpe: 'public' } as object, () => '')],
    ['route()', 'auht', () => newServer().route({ method: 'GET', path: '/x', auht: 'required' } as never, () => new Response())],
    ['fileSessions()', 'maxSesions', () => fileSessions('none', { maxSesions: 1 } as object)],
    ['run()', 'prot', () => newServer().run({ prot: 8000 } as object)],
    ['http()', 'prot', () => newServer().run({ transport: 'http', prot: 8000 } as object)],
    ['serve()', 'prot', () => newServer().serve({ prot: 8000 } as object)],
  ])('of %s, %s', async (where, option, make) => {
    expect(await refusal(make)).toMatchObject(usage(expect.stringMatching(`^${where.replace(/[()]/g, '\\$&')} has no option "${option}": did you mean "`)))
  })

  test.each<[string, string, string, () => unknown]>([
    ['http()', 'drain', 'drainTimeout', () => http({ drain: 1 } as object)],
    ['sse()', 'maxBody', 'bodyLimit', () => sse({ maxBody: 1 } as object)],
    ['stdio()', 'maxLine', 'messageLimit', () => stdio({ maxLine: 1 } as object)],
    ['new McpServer()', 'state', 'requestState', () => new McpServer({ name: 'shop', version: '1.0.0', state: {} } as never)],
    ['resource "a://b"', 'cache', 'cacheTtl', () => newServer().resource('a://b', { cache: {} } as object, () => '')],
    ['proxy()', 'startup', 'startupTimeout', () => proxy(memory(server), { startup: 1 } as object)],
    ['connect()', 'known', 'knownServer', () => connect(memory(server), { known: {} } as object)],
    ['bearer()', 'remember', 'cacheTtl', () => bearer({ issuer: 'https://id.example.com', audience: 'https://api.example.com/mcp', remember: 1 } as object as never)],
  ])('of %s, %s: the error has the new name of the option, %s', async (where, old, name, make) => {
    expect(await refusal(make)).toMatchObject(usage(expect.stringContaining(`${where} has no option "${old}"`)))
    expect(await refusal(make)).toMatchObject(usage(expect.stringContaining(`"${name}"`)))
  })

  test.each(['requried', '', null, true])('auth of a route: %j does not leave it open', async (auth) => {
    expect(await refusal(() => newServer().route({ method: 'GET', path: '/x', auth } as never, () => new Response()))).toMatchObject({ code: 'GANGWAY_E_ROUTE', message: expect.stringContaining("'required'") })
  })

  const oauth = { issuer: 'https://id.example.com', audience: 'https://api.example.com/mcp' }
  test.each<[string, string, string, () => unknown]>([
    ['bearer()', 'scope', 'scopes', () => bearer({ ...oauth, scope: ['orders:read'] } as object as never)],
    ['bearer()', 'clockTolerence', 'clockTolerance', () => bearer({ ...oauth, clockTolerence: 1 } as object as never)],
    ['bearer()', 'introspection', 'use ', () => bearer({ ...oauth, introspection: {} } as object as never)],
    ['introspection()', 'requiredScopes', 'scopes', () => introspection({ ...oauth, endpoint: 'https://id.example.com/i', clientId: 'a', clientSecret: 'b', requiredScopes: [] } as object as never)],
    ['tokens()', 'scops', 'scopes', () => tokens({ audience: oauth.audience, authorizationServers: [oauth.issuer], verify: () => undefined, scops: [] } as object as never)],
  ])('of %s, %s: a required scope stays required', async (where, option, meant, make) => {
    expect(await refusal(make)).toMatchObject(usage(expect.stringContaining(`${where} has no option "${option}"`)))
    expect(await refusal(make)).toMatchObject(usage(expect.stringContaining(meant)))
  })

  const client = (options: object): Promise<unknown> => connect(memory(server), options)
  test.each<[string, string, string, () => unknown]>([
    ['httpClient()', 'haeders', 'headers', () => clientHttp('http://localhost', { haeders: {} } as object)],
    ['httpClient()', 'maxRetrys', 'maxRetries', () => clientHttp('http://localhost', { maxRetrys: 1 } as object)],
    ['sseClient()', 'tokn', 'token', () => clientSse('http://localhost', { tokn: () => 'x' } as object)],
    ['stdioClient()', 'enviroment', 'command, args, env', () => clientStdio({ command: 'node', enviroment: {} } as never)],
    ['stdioClient()', 'arg', 'args', () => clientStdio({ command: 'node', arg: [] } as never)],
    ['connect()', 'timeOut', 'timeout', () => client({ timeOut: 1 })],
    ['connect()', 'clientInfo', 'info', () => client({ clientInfo: { name: 'x', version: '1' } })],
    ['connectInMemory()', 'elicit', 'answers', () => connectForTests(server, { elicit: () => ({}) } as never)],
    ['memory()', 'atuh', 'auth', () => memory(server, { atuh: {} } as object)],
    ['proxy()', 'maxConnection', 'maxConnections', () => proxy(memory(server), { maxConnection: 1 } as object)],
    ['proxyAll()', 'maxProceses', 'maxProcesses', () => proxyAll({}, { maxProceses: 1 } as object)],
    ['upstreams of proxyAll()', 'shpo', 'shop', () => proxyAll({ shop: memory(server) }, { upstreams: { shpo: {} } })],
    ['upstream "shop"', 'revison', 'revision', () => proxyAll({ shop: memory(server) }, { upstreams: { shop: { revison: 'x' } as object } })],
    ['sdkServer()', 'nmae', 'name', () => sdkServer(() => ({}) as never, { nmae: 'x' } as object)],
    ['tools/call', 'timeOut', 'timeout', async () => {
      await using connected = await connectForTests(server)
      await connected.callTool('add', {}, { timeOut: 1 } as object)
    }],
  ])('of %s of a client, %s, suggests %s', async (where, option, near, make) => {
    expect(await refusal(make)).toMatchObject(usage(expect.stringContaining(`${where} has no option "${option}": `)))
    expect(await refusal(make)).toMatchObject(usage(expect.stringContaining(near)))
  })

  test('a child process needs a command', async () => {
    expect(await refusal(() => clientStdio({} as never))).toMatchObject(usage(expect.stringContaining('command')))
    expect(await refusal(() => clientStdio('node' as never))).toMatchObject(usage(expect.stringContaining('a string')))
  })

  test("with the value undefined is ignored, and Fastify's plugin options are accepted", async () => {
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
    [{ authenticate: 'x' }, 'authenticate must be a function, not "x". Omit it if it is not needed'],
    [{ authenticate: null }, 'authenticate must be a function, not null. Omit it if it is not needed'],
    [{ authenticate: '' }, 'authenticate must be a function, not "". Omit it if it is not needed'],
    [{ port: '8125' }, 'port must be a whole number from 0 to 65535, not "8125"'],
    [{ keepAliveInterval: '5' }, 'keepAliveInterval must be a number of milliseconds, 1 or more, or Infinity for no limit, not "5"'],
    ...(name === 'sse' ? [] : [
      [{ sessions: 'statless' }, 'sessions must be "legacy" or "none", not "statless"'],
      [{ responses: 'event' }, 'responses must be "auto" or "json" or "events", not "event"'],
    ] satisfies [object, string][]),
  ])('%j', async (options, message) => {
    expect(await refusal(() => transport(options).serve(newServer()))).toMatchObject(usage(message))
  })
})

describe('a value that is not a server', () => {
  test.each<[string, () => unknown]>([
    ['app.register(mcpHttp, { server })', () => registered(mcpHttp)],
    ['app.register(mcpHttp, { server })', () => registered(mcpHttp, newServer())],
    ['app.register(mcpSse, { server })', () => registered(mcpSse, newServer())],
    ['nodeHandler(server)', () => loose(nodeHandler)()],
    ['httpApp(server)', () => loose(httpApp)({ port: 1 })],
    ['fetchHandler(server, { allowedHosts })', () => loose(fetchHandler)({ name: 'x' })],
  ])('%s', async (form, make) => {
    expect(await refusal(make)).toMatchObject(usage(`No server given. Write ${form}, where server is a new McpServer({ name, version })`))
  })
})

test('fetchHandler without options asks for allowedHosts', async () => {
  expect(await refusal(() => loose(fetchHandler)(newServer()))).toMatchObject({ code: 'GANGWAY_E_ALLOWED_HOSTS' })
})

describe.each(['run', 'serve'] as const)('%s()', (method) => {
  test.each<[string, unknown, string]>([
    ['a name', 'http', `${method}({ transport: "http" })`],
    ['a function', http, `${method}(http())`],
    ['nothing', null, 'not null'],
    ['a server', newServer(), 'not a server'],
  ])('of %s', async (_what, target, message) => {
    expect(await refusal(() => newServer()[method](target as never))).toMatchObject(usage(expect.stringContaining(message)))
  })

  test.each<[string, unknown[]]>([
    ['after a transport', [http(), { process: 'host' }]],
    ['with the name of a transport', [{ transport: 'http', process: 'host' }]],
    ['alone', [{ process: 'host' }]],
  ])("process: 'host' %s is rejected, and the error names serve()", async (_where, args) => {
    expect(await refusal(() => loose(newServer()[method].bind(newServer()))(...args))).toMatchObject(usage(expect.stringContaining('server.serve(transport)')))
  })

  test('on stdio accepts auth settings of the command line', async () => {
    const launch: Launch = { flags: { authenticate: () => undefined }, banner: false, run: (_, start) => start(), resolve: () => '' }
    beginLaunch(launch)
    onTestFinished(() => beginLaunch(undefined as never))
    closing(await newServer().serve(stdio({ stdin: new PassThrough(), stdout: new PassThrough() })))
  })
})
