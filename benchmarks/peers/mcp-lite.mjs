/** mcp-lite, on the Node.js server that its examples use. */

import { serve } from '@hono/node-server'
import { InMemorySessionAdapter, McpServer, StreamableHttpTransport } from 'mcp-lite'
import { z } from 'zod'
import { offer, settings } from '../src/contenders/offer.mjs'

const given = settings()
const server = new McpServer({ name: 'bench', version: '1.0.0', schemaAdapter: (schema) => z.toJSONSchema(schema) })
for (const { name, description, shape, run } of offer(z, given)) {
  server.tool(name, {
    description,
    inputSchema: z.object(shape),
    handler: async (input, context) => ({ content: [{ type: 'text', text: await run(input, (progress, total, message) => context.progress({ progress, total, message })) }] }),
  })
}
const handler = new StreamableHttpTransport(given.mode === 'session' ? { sessionAdapter: new InMemorySessionAdapter({ maxEventBufferSize: 1024 }) } : {}).bind(server)
serve({ fetch: handler, port: given.port, hostname: '127.0.0.1' })
