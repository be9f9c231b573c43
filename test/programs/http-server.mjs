/** A server on every HTTP door, as users would write it, for tests that need a process. Takes the door and its options as arguments; tells its parent where it listens, and answers what that asks. */
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { McpServer } from '@gangway/core'
import { fileSessions, http, mcpHttp } from '@gangway/transport-http'
import { fetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import { sse } from '@gangway/transport-sse'
import Fastify from 'fastify'
import { z } from 'zod'

const [door = 'http', text = '{}'] = process.argv.slice(2)
const { folder, port = 0, ...rest } = JSON.parse(text)
const options = { ...rest, ...(folder && { sessionStore: fileSessions(folder) }) }
const address = { host: '127.0.0.1', port }

/** @type {() => unknown} */
let stats = () => undefined
/** Calls of `talk` and `shout` that have not ended. */
let working = 0

const size = { bytes: z.number(), count: z.number() }
const server = new McpServer({ name: 'child', version: '1.0.0' })
  .tool('pid', {}, () => String(process.pid))
  .tool('large', { input: { bytes: z.number() } }, ({ bytes }) => 'x'.repeat(bytes))
  .tool('talk', { input: size }, async ({ bytes, count }, { log, signal }) => {
    working++
    for (let number = 0; number < count && !signal.aborted; number++) {
      log.error(String(number % 10).repeat(bytes))
      await turn()
    }
    working--
    return 'said'
  })
  .tool('shout', { input: size }, ({ bytes, count }, { log }) => {
    for (let number = 0; number < count; number++) log.error(String(number % 10).repeat(bytes)) // All in one turn of the event loop.
    return 'said'
  })
  .tool('log', {}, (_, { log }) => {
    log.debug('debug')
    log.error('error')
    return 'logged'
  })
  .tool('slow', { input: { ms: z.number() } }, async ({ ms }, { log }) => {
    log.error('begun')
    await sleep(ms)
    return 'done'
  })
  .tool('ask', {}, async (_, { elicit }) => (await elicit('name', 'Your name?', { name: z.string() })).action)
  .tool('ignore', { input: z.looseObject({}) }, () => 'ignored')
  .resource('news://{+path}', {}, ({ path }) => path)
  .onClose(() => console.error('closed in good order'))

/** @param {import('node:http').Server} app */
const listen = (app) => new Promise((resolve) => app.listen(port, address.host, () => resolve(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (app.address()).port}/mcp`)))

/** @param {() => Promise<unknown>} close */
const endOnSignal = (close) => process.once('SIGTERM', () => void close().then(() => process.exit(0)))

/** @type {Record<string, () => Promise<string | undefined>>} */
const doors = {
  http: async () => (await server.run(http({ ...address, path: '/mcp', ...options, onMount: (mounted) => (stats = mounted.stats) }))).url,
  sse: async () => (await server.run(sse({ ...address, path: '/sse', ...options }))).url,
  plugin: async () => {
    const app = Fastify()
    await app.register(mcpHttp, { server, ...options, onMount: (mounted) => (stats = mounted.stats) })
    app.get('/hello', () => 'hello')
    endOnSignal(async () => {
      void app.close()
      await app.close()
    })
    return `${await app.listen(address)}/mcp`
  },
  node: async () => {
    const handler = nodeHandler(server, options)
    const app = createServer((request, response) => void handler(request, response))
    stats = handler.stats
    endOnSignal(async () => (await handler.close(), app.closeAllConnections(), app.close()))
    return listen(app)
  },
  fetch: async () => {
    const handler = fetchHandler(server, { allowedHosts: ['127.0.0.1'], ...options })
    const app = createServer((request, response) => void answer(handler, request, response))
    stats = handler.stats
    endOnSignal(async () => {
      await handler.close()
      await new Promise((resolve) => app.close(resolve)) // When the last reply has left: only the host knows.
    })
    return listen(app)
  },
}

/**
 * What Bun, Deno and the workers do for their users.
 * @param {import('@gangway/transport-http/fetch').FetchHandler} handler
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(handler, request, response) {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const { method = 'GET', url = '/', headers } = request
  const body = method === 'POST' ? /** @type {ReadableStream<Uint8Array>} */ (Readable.toWeb(request)) : null
  const init = { method, headers: /** @type {Record<string, string>} */ (headers), signal: gone.signal, body, duplex: 'half' }
  const reply = await handler(new Request(new URL(url, `http://${headers.host}`), init))
  response.writeHead(reply.status, Object.fromEntries(reply.headers))
  if (reply.body) Readable.fromWeb(/** @type {import('node:stream/web').ReadableStream} */ (reply.body)).on('error', () => response.destroy()).pipe(response)
  else response.end()
}

/** @type {Record<string, (about: any) => unknown>} */
const questions = {
  /** In bytes, without what is garbage. */
  memory: async () => {
    for (let round = 0; round < 4; round++) {
      globalThis.gc?.()
      await sleep(20) // What was freed is given back by threads of V8's own.
    }
    return process.memoryUsage()
  },
  stats: () => stats(),
  working: () => working,
  changed: async ({ bytes, count }) => {
    for (let number = 0; number < count; number++) {
      server.changed(`news://x/${String(number % 10).repeat(bytes)}`)
      await turn()
    }
  },
}
process.on('message', async (/** @type {{ id: number, question: string, about: unknown }} */ { id, question, about }) => process.send?.({ id, answer: await questions[question]?.(about) }))

process.send?.({ url: await doors[door]?.() })
