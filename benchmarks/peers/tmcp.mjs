/** tmcp, on srvx as in its examples, or on stdio. */

import { ZodJsonSchemaAdapter } from '@tmcp/adapter-zod'
import { McpServer } from 'tmcp'
import { tool } from 'tmcp/utils'
import { z } from 'zod'
import { offer, settings } from '../src/contenders/offer.mjs'

const given = settings()
const server = new McpServer({ name: 'bench', version: '1.0.0' }, { adapter: new ZodJsonSchemaAdapter(), capabilities: { tools: {} } })
for (const { name, description, shape, run } of offer(z, given)) {
  server.tool({ name, description, schema: z.object(shape) }, async (input) => tool.text(await run(input, (step, total, message) => server.progress(step, total, message))))
}
if (given.transport === 'stdio') {
  const { StdioTransport } = await import('@tmcp/transport-stdio')
  new StdioTransport(server).listen()
} else {
  const { HttpTransport } = await import('@tmcp/transport-http')
  const { serve } = await import('srvx')
  const transport = new HttpTransport(server, { path: '/mcp' })
  serve({ port: given.port, hostname: '127.0.0.1', silent: true, fetch: async (request) => (await transport.respond(request)) ?? new Response(null, { status: 404 }) })
}
