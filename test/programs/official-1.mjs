/** A server written with the official SDK, 1.x: `node official-1.mjs stdio` or `http`. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import process from 'node:process'
import { isMain } from '@gangway/core'
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { isInitializeRequest, SubscribeRequestSchema, UnsubscribeRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

export function newServer() {
  const server = new McpServer({ name: 'official', version: '1.0.0' }, { capabilities: { logging: {}, resources: { subscribe: true } } })
  server.registerTool('add', { description: 'Adds', inputSchema: { a: z.number(), b: z.number() }, outputSchema: { sum: z.number() } }, ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }], structuredContent: { sum: a + b } }))
  server.registerTool('fail', { description: 'Fails' }, () => {
    throw new Error('Out of stock')
  })
  server.registerTool('count', { description: 'Counts' }, async ({ sendNotification, _meta }) => {
    for (let progress = 1; progress <= 3; progress++) await sendNotification({ method: 'notifications/progress', params: { progressToken: _meta?.progressToken ?? '', progress, total: 3 } })
    await server.server.sendLoggingMessage({ level: 'info', data: 'counted' })
    return { content: [{ type: 'text', text: 'counted' }] }
  })
  server.registerTool('ask', { description: 'Asks' }, async () => {
    const answer = await server.server.elicitInput({ message: 'Sure?', requestedSchema: { type: 'object', properties: { yes: { type: 'boolean' } } } })
    return { content: [{ type: 'text', text: JSON.stringify(answer.content) }] }
  })
  server.registerTool('grow', { description: 'Grows' }, () => {
    server.registerTool('grown', { description: 'New' }, () => ({ content: [] }))
    return { content: [] }
  })
  server.registerTool('wait', { description: 'Waits' }, ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ content: [] }))))
  server.registerTool('write', { description: 'Writes' }, async () => {
    const { model } = await server.server.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 10 })
    return { content: [{ type: 'text', text: `${model} for ${server.server.getClientVersion()?.name}` }] }
  })
  server.registerTool('sell', { description: 'Sells' }, async () => {
    await server.server.sendResourceUpdated({ uri: 'shop://stock' })
    return { content: [] }
  })
  server.server.setRequestHandler(SubscribeRequestSchema, () => ({}))
  server.server.setRequestHandler(UnsubscribeRequestSchema, () => ({}))
  server.registerResource('stock', 'shop://stock', {}, () => ({ contents: [{ uri: 'shop://stock', text: '5' }] }))
  server.registerResource('order', new ResourceTemplate('shop://orders/{order}', { list: undefined, complete: { order: () => ['1', '2'] } }), {}, (uri) => ({ contents: [{ uri: uri.href, text: 'an order' }] }))
  server.registerPrompt('gift', { argsSchema: { person: z.string() } }, ({ person }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `A gift for ${person}` } }] }))
  return server
}

if (isMain(import.meta) && process.argv[2] === 'stdio') await newServer().connect(new StdioServerTransport())
else if (isMain(import.meta)) {
  /** @type {Map<string, StreamableHTTPServerTransport>} */
  const sessions = new Map()
  const app = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const message = body ? JSON.parse(body) : undefined
    const session = sessions.get(String(request.headers['mcp-session-id']))
    if (session) return session.handleRequest(request, response, message)
    if (!isInitializeRequest(message)) return void response.writeHead(request.headers['mcp-session-id'] ? 404 : 400).end()
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID, onsessioninitialized: (id) => void sessions.set(id, transport) })
    await newServer().connect(/** @type {any} */ (transport))
    await transport.handleRequest(request, response, message)
  })
  app.listen(0, '127.0.0.1')
}
