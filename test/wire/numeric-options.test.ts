/** Every numeric option of every public function: a value outside of its range is refused, with the option, the unit and the range in the message. */
import { isGangwayError, McpServer } from '@gangway/core'
import { connect } from '@gangway/core/client'
import { proxy, proxyAll } from '@gangway/core/proxy'
import { bearer, introspection } from '@gangway/auth'
import { fileSessions, http, httpApp, mcpHttp } from '@gangway/transport-http'
import { httpClient } from '@gangway/transport-http/client'
import { fetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import { mcpSse, sse } from '@gangway/transport-sse'
import { sseClient } from '@gangway/transport-sse/client'
import { stdio } from '@gangway/transport-stdio'
import { stdioClient } from '@gangway/transport-stdio/client'
import Fastify from 'fastify'
import { describe, expect, test } from 'vitest'
import { closing } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const VALUES = { '-1': -1, NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '1.5': 1.5, "'5'": '5' } as const
type Value = keyof typeof VALUES

interface Kind {
  readonly unit: string
  /** The part of the message that states the range. */
  readonly range: RegExp
  readonly accepted: readonly Value[]
}
const limit = (unit: string, min: 0 | 1 = 1): Kind => ({ unit: `whole number of ${unit}`, range: new RegExp(`, ${min} or more, or Infinity`), accepted: ['Infinity'] })
const finite = (unit: string, min: 0 | 1 = 1): Kind => ({ unit: `whole number of ${unit}`, range: new RegExp(`, ${min} or more, not`), accepted: [] })
const time = (min: 0 | 1): Kind => ({ unit: 'number of milliseconds', range: new RegExp(`, ${min} or more, or Infinity`), accepted: ['Infinity', '1.5'] })
const finiteTime = (range: RegExp): Kind => ({ unit: 'number of milliseconds', range, accepted: ['1.5'] })
const PORT: Kind = { unit: 'whole number', range: / from 0 to 65535/, accepted: [] }

/** Calls a function with one option set, in a way that gives up soon where the value is accepted. */
type Make = (option: object) => unknown

const info = { name: 'suite', version: '1.0.0' }
const issuer = 'https://issuer.example'
const token = { issuer, audience: 'https://mcp.example/mcp' }
const nowhere = { name: 'nowhere', open: () => Promise.reject(new Error('Nobody is there')) }
const giveUp = AbortSignal.abort(new Error('given up'))

const ENDPOINT: Record<string, Kind> = {
  sessionIdleTimeout: time(1),
  maxSessions: limit('sessions'),
  maxInflight: limit('requests'),
  maxStreams: limit('streams'),
  maxConnectionInflight: limit('requests'),
  maxTotalInflight: limit('requests'),
  totalBodyLimit: limit('bytes'),
  maxSubscriptions: limit('subscriptions', 0),
  queueBytes: limit('bytes'),
  totalQueueBytes: limit('bytes'),
  keepAliveInterval: time(1),
  eventLogBytes: limit('bytes', 0),
  totalEventLogBytes: limit('bytes', 0),
  drainTimeout: time(0),
  bodyLimit: finite('bytes'),
}
const SSE: Record<string, Kind> = { maxSessions: limit('sessions'), maxInflight: limit('requests'), maxTotalInflight: limit('requests'), queueBytes: limit('bytes'), totalQueueBytes: limit('bytes'), totalBodyLimit: limit('bytes'), keepAliveInterval: time(1), drainTimeout: time(0), bodyLimit: finite('bytes') }
const CLIENT = { timeout: time(1), totalTimeout: time(1) }
const PROXY = { timeout: time(1), startupTimeout: time(0), inputTimeout: time(1) }

const registered = async (plugin: unknown, options: object): Promise<void> => {
  const app = Fastify()
  closing({ close: () => app.close() })
  app.register(plugin as typeof mcpHttp, { server: newServer(), ...options })
  await app.ready()
}
const served = async (transport: { serve(server: McpServer): Promise<{ close(): Promise<void> }> }): Promise<void> => void closing(await transport.serve(newServer()))

const FUNCTIONS: Record<string, [Record<string, Kind>, Make]> = {
  'new McpServer()': [{ inputTimeout: time(1), pageSize: finite('items'), cacheTtl: finite('milliseconds', 0) }, (option) => new McpServer({ ...info, ...option })],
  'new McpServer({ requestState })': [{ 'requestState.lifetime': finiteTime(/, 1 or more, not/) }, (requestState) => new McpServer({ ...info, requestState })],
  'server.resource()': [{ size: finite('bytes', 0), cacheTtl: finite('milliseconds', 0) }, (option) => new McpServer(info).resource('a://b', option, () => 'x')],
  'http()': [ENDPOINT, (option) => served(http({ port: 0, ...option }))],
  'http(), where it listens': [{ port: PORT, maxConnections: limit('connections') }, (option) => served(http(option))],
  'httpApp()': [ENDPOINT, async (option) => void (await closing(httpApp(newServer(), option)).ready())],
  mcpHttp: [ENDPOINT, (option) => registered(mcpHttp, option)],
  'fetchHandler()': [ENDPOINT, (option) => fetchHandler(newServer(), { allowedHosts: 'any', ...option })],
  'nodeHandler()': [ENDPOINT, (option) => nodeHandler(newServer(), option)],
  'fileSessions()': [{ maxSessions: limit('sessions'), maxBytes: limit('bytes') }, (option) => fileSessions('/nowhere', option)],
  'sse()': [SSE, (option) => served(sse({ port: 0, ...option }))],
  mcpSse: [SSE, (option) => registered(mcpSse, option)],
  'stdio()': [{ messageLimit: limit('bytes'), drainTimeout: time(0) }, (option) => stdio(option)],
  'connect()': [{ ...CLIENT, probeTimeout: time(1) }, (option) => connect(nowhere, { signal: giveUp, ...option }).catch(onlyUsage)],
  'http(url)': [{ retryDelay: finiteTime(/, 0 or more, not/), maxRetries: limit('attempts', 0), messageLimit: limit('bytes') }, (option) => httpClient('http://127.0.0.1:1/mcp', option)],
  'sse(url)': [{ messageLimit: limit('bytes') }, (option) => sseClient('http://127.0.0.1:1/sse', option)],
  'stdio({ command })': [{ messageLimit: limit('bytes'), exitTimeout: time(0), terminationTimeout: time(0) }, (option) => stdioClient({ command: 'node', ...option })],
  'proxy()': [PROXY, (option) => proxy(nowhere, option)],
  'proxyAll()': [PROXY, (option) => proxyAll({ nowhere }, option)],
  'bearer()': [{ clockTolerance: finiteTime(/, 0 or more, not/), cacheTtl: time(0), timeout: finiteTime(/ from 1 to 2147483647/) }, (option) => bearer({ ...token, ...option })],
  'introspection()': [{ cacheTtl: time(0), timeout: finiteTime(/ from 1 to 2147483647/) }, (option) => introspection({ ...token, endpoint: `${issuer}/introspect`, clientId: 'a', clientSecret: 'b', ...option })],
}

/** Passes over what went wrong after the options were accepted. */
function onlyUsage(error: unknown): void {
  if (isGangwayError(error) && error.code === 'GANGWAY_E_USAGE') throw error
}

const refusalOf = async (work: () => unknown): Promise<{ code?: string; message?: string } | undefined> => {
  try {
    await work()
    return undefined
  } catch (error) {
    return error as { code: string; message: string }
  }
}

describe.each(Object.entries(FUNCTIONS))('[case 6] %s', (_where, [options, make]) => {
  test.each(Object.entries(options))('%s', async (path, { unit, range, accepted }) => {
    const option = path.split('.').at(-1)!
    for (const [name, value] of Object.entries(VALUES)) {
      const refused = await refusalOf(() => make({ [option]: value }))
      if (accepted.includes(name as Value)) {
        expect([name, refused]).toEqual([name, undefined])
        continue
      }
      expect({ name, code: refused?.code, message: refused?.message }).toMatchObject({ name, code: expect.stringMatching(/^GANGWAY_E_(USAGE|PAGE_SIZE|CACHE|AUTH)$/), message: expect.stringContaining(`${path} must be a ${unit}`) })
      expect(refused?.message).toMatch(range)
    }
  })
})

test('[case 6] Infinity means no limit', async () => {
  const { url } = await import('../harness/http.ts').then(({ openHttp }) => openHttp(newServer(), { maxSessions: Number.POSITIVE_INFINITY, totalEventLogBytes: Number.POSITIVE_INFINITY, eventLogBytes: 0, drainTimeout: 0 }).then(closing))
  const { Peer } = await import('../harness/http-peer.ts')
  const peer = await Peer.open(url, 'legacy')
  expect(await peer.request(1, 'ping')).toMatchObject({ status: 200 })
})
