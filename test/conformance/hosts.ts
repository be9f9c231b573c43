/** The ways to serve apps/everything over HTTP, all of which have to conform. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import everything from '@gangway/app-everything'
import { http, mcpHttp } from '@gangway/transport-http'
import { fetchHandler, type FetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'
import Fastify from 'fastify'

export interface Host {
  readonly url: string
  close(): Promise<unknown>
}

const COMMAND = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
const SERVER = fileURLToPath(new URL('../../apps/everything/src/server.ts', import.meta.url))

export const HOSTS: Readonly<Record<string, () => Promise<Host>>> = {
  'run()': async () => {
    const { url, close } = await everything.serve(http({ port: 0 }))
    return { url: url ?? '', close }
  },

  'the plugin in an application with routes of its own': async () => {
    const app = Fastify({ forceCloseConnections: true })
    app.get('/', () => ({ hello: 'world' }))
    app.addHook('onSend', async (_request, reply) => void reply.header('x-application', 'gateway'))
    await app.register(mcpHttp, { server: everything, prefix: '/api', path: '/mcp' })
    return { url: `${await app.listen({ port: 0, host: '127.0.0.1' })}/api/mcp`, close: () => app.close() }
  },

  'nodeHandler on node:http': async () => {
    const handler = nodeHandler(everything)
    const app = createServer((request, response) => void handler(request, response))
    return { url: await listen(app), close: async () => (await handler.close(), app.closeAllConnections(), app.close()) }
  },

  'fetchHandler behind a web-standard server': async () => {
    const handler = fetchHandler(everything, { allowedHosts: ['127.0.0.1'] })
    const app = createServer((request, response) => void text(request).then((body) => answer(handler, request, response, body || undefined)))
    return { url: await listen(app), close: async () => (await handler.close(), app.closeAllConnections(), app.close()) }
  },

  'gangway run': async () => {
    const child = spawn(process.execPath, [COMMAND, 'run', SERVER, '--transport', 'http', '--port', '0', '--log-level', 'debug'], { stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = once(child, 'exit')
    const close = async (): Promise<void> => {
      child.kill('SIGTERM')
      await ended
    }
    let log = ''
    for await (const chunk of child.stderr.iterator({ destroyOnReturn: false })) {
      log += String(chunk)
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec(log) ?? []
      if (url) {
        child.stderr.resume()
        return { url, close }
      }
    }
    throw new Error(`gangway run did not serve: ${log}`)
  },
}

async function listen(app: Server): Promise<string> {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(app.address() as AddressInfo).port}/mcp`
}

/** What Bun, Deno and the workers do for their users. */
async function answer(handler: FetchHandler, { method = 'GET', url = '/', headers }: IncomingMessage, response: ServerResponse, body?: BodyInit): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const init = { method, headers: headers as Record<string, string>, signal: gone.signal, ...(body !== undefined && { body }) }
  const reply = await handler(new Request(new URL(url, `http://${headers.host}`), init))
  response.writeHead(reply.status, Object.fromEntries(reply.headers))
  if (reply.body) Readable.fromWeb(reply.body as never).pipe(response)
  else response.end()
}
