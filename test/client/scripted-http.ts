/** An HTTP server that answers as a test tells it to, and remembers what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterTest } from '../harness/cleanup.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The message that was posted. */
  readonly message: { id?: unknown; method?: string; params?: Record<string, unknown> }
}

export interface Scripted {
  readonly url: string
  readonly asked: Asked[]
  /** The methods of the messages, and the verbs of what had none. */
  readonly methods: () => string[]
}

export async function scripted(answer: (asked: Asked, response: ServerResponse) => void): Promise<Scripted> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, message: body ? JSON.parse(body) : {} }
      asked.push(one)
      answer(one, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterTest(async () => (server.closeAllConnections(), server.close()))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, asked, methods: () => asked.map(({ method, message }) => message.method ?? method) }
}

export const json = (response: ServerResponse, body: object, status = 200, headers: Record<string, string> = {}): void =>
  void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ jsonrpc: '2.0', ...body }))

export const html = (response: ServerResponse, status = 200): void => void response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>Login</title>')

/** Begins an event stream, and leaves it open. */
export const events = (response: ServerResponse, ...chunks: string[]): ServerResponse => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const chunk of chunks) response.write(chunk)
  return response
}

export const event = (body: object, id?: string): string => `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...body })}\n\n`

export const DISCOVERED = { supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, resultType: 'complete', ttlMs: 0, cacheScope: 'private' }

/** A server of the modern era, which answers calls as the test says. */
export const modernServer = (call: (asked: Asked, response: ServerResponse) => void): Promise<Scripted> =>
  scripted((asked, response) => {
    if (asked.message.method === 'server/discover') json(response, { id: asked.message.id, result: DISCOVERED })
    else call(asked, response)
  })

/** A server of the legacy era with sessions and no standing stream. */
export const legacyServer = (call: (asked: Asked, response: ServerResponse) => void): Promise<Scripted> => {
  let sessions = 0
  return scripted((asked, response) => {
    const { method, message } = asked
    if (message.method === 'initialize') json(response, { id: message.id, result: { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'old', version: '1' } } }, 200, { 'mcp-session-id': `s${++sessions}` })
    else if (message.method === 'server/discover') json(response, { id: null, error: { code: -32000, message: 'Bad Request: no session' } }, 400)
    else if (message.method === 'notifications/initialized') response.writeHead(202).end()
    else if (method === 'DELETE') response.writeHead(204).end()
    else if (method === 'GET' && asked.headers['last-event-id'] === undefined) response.writeHead(405).end()
    else call(asked, response)
  })
}

/** A server of the legacy era that knows only its last session, and has a stream for it, which the test is given. */
export const forgetfulServer = async (call: (asked: Asked, response: ServerResponse) => void, stream: (asked: Asked, response: ServerResponse) => void): Promise<Scripted & { forget: () => void }> => {
  let sessions = 0
  let known: string | undefined
  const server = await scripted((asked, response) => {
    const { method, message, headers } = asked
    const session = headers['mcp-session-id']
    if (message.method === 'initialize') {
      known = `s${++sessions}`
      json(response, { id: message.id, result: { protocolVersion: '2025-11-25', capabilities: { tools: { listChanged: true } }, serverInfo: { name: 'old', version: '1' } } }, 200, { 'mcp-session-id': known })
    } else if (session === undefined) json(response, { id: null, error: { code: -32600, message: 'Bad Request: no session' } }, 400)
    else if (session !== known) html(response, 404)
    else if (method === 'GET') stream(asked, response)
    else if (message.id === undefined) response.writeHead(202).end()
    else call(asked, response)
  })
  return { ...server, forget: () => (known = undefined) }
}
