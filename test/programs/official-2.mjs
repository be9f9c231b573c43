/** A server written with the official SDK, 2.x: `node official-2.mjs stdio` or `http`. */
import { createServer } from 'node:http'
import process from 'node:process'
import { isMain } from '@gangway/core'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { acceptedContent, createMcpHandler, inputRequired, McpServer, ResourceTemplate } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

export function newServer() {
  const server = new McpServer({ name: 'official', version: '2.0.0' }, { capabilities: { logging: {}, resources: { subscribe: true } } })
  server.registerTool('add', { description: 'Adds', inputSchema: z.object({ a: z.number(), b: z.number() }), outputSchema: z.object({ sum: z.number() }) }, ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }], structuredContent: { sum: a + b } }))
  server.registerTool('fail', { description: 'Fails' }, () => {
    throw new Error('Out of stock')
  })
  server.registerTool('count', { description: 'Counts' }, async (ctx) => {
    const { _meta } = ctx.mcpReq
    for (let progress = 1; progress <= 3; progress++) await ctx.mcpReq.notify({ method: 'notifications/progress', params: { progressToken: _meta?.progressToken ?? '', progress, total: 3 } })
    await ctx.mcpReq.log('info', 'counted')
    return { content: [{ type: 'text', text: 'counted' }] }
  })
  server.registerTool('ask', { description: 'Asks' }, async (ctx) => {
    const given = acceptedContent(ctx.mcpReq.inputResponses, 'sure')
    if (!given) return inputRequired({ inputRequests: { sure: inputRequired.elicit({ message: 'Sure?', requestedSchema: { type: 'object', properties: { yes: { type: 'boolean' } } } }) } })
    return { content: [{ type: 'text', text: JSON.stringify(given) }] }
  })
  server.registerTool('grow', { description: 'Grows' }, () => {
    if (handler) handler.notify.toolsChanged() // Each request has a server of its own there.
    else server.registerTool('grown', { description: 'New' }, () => ({ content: [] }))
    return { content: [] }
  })
  server.registerTool('wait', { description: 'Waits' }, (ctx) => new Promise((resolve) => ctx.mcpReq.signal.addEventListener('abort', () => resolve({ content: [] }))))
  server.registerTool('write', { description: 'Writes' }, async (ctx) => {
    const { model } = await ctx.mcpReq.requestSampling({ messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 10 })
    return { content: [{ type: 'text', text: `${model} for ${server.server.getClientVersion()?.name}` }] }
  })
  server.registerTool('sell', { description: 'Sells' }, async () => {
    await server.server.sendResourceUpdated({ uri: 'shop://stock' })
    return { content: [] }
  })
  server.server.setRequestHandler('resources/subscribe', () => ({}))
  server.server.setRequestHandler('resources/unsubscribe', () => ({}))
  server.registerResource('stock', 'shop://stock', {}, () => ({ contents: [{ uri: 'shop://stock', text: '5' }] }))
  server.registerResource('order', new ResourceTemplate('shop://orders/{order}', { list: undefined, complete: { order: () => ['1', '2'] } }), {}, (uri) => ({ contents: [{ uri: uri.href, text: 'an order' }] }))
  server.registerPrompt('gift', { argsSchema: z.object({ person: z.string() }) }, ({ person }) => ({ messages: [{ role: 'user', content: { type: 'text', text: `A gift for ${person}` } }] }))
  return server
}

const handler = isMain(import.meta) && process.argv[2] === 'http' ? createMcpHandler(newServer) : undefined
if (handler) {
  const serve = toNodeHandler(handler)
  createServer((request, response) => void serve(/** @type {any} */ (request), response)).listen(0, '127.0.0.1')
} else if (isMain(import.meta)) serveStdio(newServer)
