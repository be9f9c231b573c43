/** The official SDK, 2.x: its handler in its own Fastify application. With sessions, a server for each session, as its README shows. */

import { randomUUID } from 'node:crypto'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { offer, settings } from '../src/contenders/offer.mjs'

const given = settings()
const offered = offer(z, given).map((tool) => ({ ...tool, inputSchema: z.object(tool.shape) })) // Built once: building the schemas for each request would be much slower.
const streams = given.names?.some((name) => name === 'steps' || name === 'talk') ?? false

function build() {
  const server = new McpServer({ name: 'bench', version: '1.0.0' })
  for (const { name, description, inputSchema, run } of offered) {
    server.registerTool(name, { description, inputSchema }, async (input, { mcpReq }) => {
      const notify = (progress, total, message) => mcpReq.notify({ method: 'notifications/progress', params: { progressToken: mcpReq._meta.progressToken, progress, total, message } })
      return { content: [{ type: 'text', text: await run(input, notify) }] }
    })
  }
  return server
}

if (given.transport === 'stdio') {
  const { serveStdio } = await import('@modelcontextprotocol/server/stdio')
  serveStdio(build)
} else {
  const { createMcpFastifyApp } = await import('@modelcontextprotocol/fastify')
  const { NodeStreamableHTTPServerTransport, toNodeHandler } = await import('@modelcontextprotocol/node')
  const app = createMcpFastifyApp()
  const transports = new Map()

  const open = async () => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: !streams,
      onsessioninitialized: (id) => void transports.set(id, transport),
    })
    await build().connect(transport)
    return transport
  }
  const stateless = toNodeHandler(createMcpHandler(build))
  app.all('/mcp', async (request, reply) => {
    reply.hijack()
    if (given.mode !== 'session') return stateless(request.raw, reply.raw, request.body)
    const transport = transports.get(request.headers['mcp-session-id']) ?? (await open())
    await transport.handleRequest(request.raw, reply.raw, request.body)
  })
  await app.listen({ port: given.port, host: '127.0.0.1' })
}
