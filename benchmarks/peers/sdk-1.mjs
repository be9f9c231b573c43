/** The official SDK, 1.x: a server for each session, or for each request, on node:http. */

import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'
import { offer, settings } from '../src/contenders/offer.mjs'

const given = settings()
const offered = offer(z, given).map((tool) => ({ ...tool, inputSchema: z.object(tool.shape) })) // Built once: building the schemas for each request would be much slower.
const streams = given.names?.some((name) => name === 'steps' || name === 'talk') ?? false

function build() {
  const server = new McpServer({ name: 'bench', version: '1.0.0' })
  for (const { name, description, inputSchema, run } of offered) {
    server.registerTool(name, { description, inputSchema }, async (input, { _meta, sendNotification }) => {
      const notify = (progress, total, message) => sendNotification({ method: 'notifications/progress', params: { progressToken: _meta.progressToken, progress, total, message } })
      return { content: [{ type: 'text', text: await run(input, notify) }] }
    })
  }
  return server
}

if (given.transport === 'stdio') {
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js')
  await build().connect(new StdioServerTransport())
} else {
  const { StreamableHTTPServerTransport } = await import('@modelcontextprotocol/sdk/server/streamableHttp.js')
  const enableJsonResponse = !streams
  const transports = new Map()

  const open = async () => {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: given.mode === 'session' ? randomUUID : undefined,
      enableJsonResponse,
      onsessioninitialized: (id) => transports.set(id, transport),
    })
    await build().connect(transport)
    return transport
  }
  createServer(async (request, response) => {
    const known = transports.get(request.headers['mcp-session-id'])
    const transport = known ?? (await open())
    if (given.mode !== 'session') response.once('close', () => transport.close())
    await transport.handleRequest(request, response)
  }).listen(given.port, '127.0.0.1')
}
