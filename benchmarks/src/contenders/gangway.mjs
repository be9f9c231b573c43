/** Gangway, on each of its entry points. */

import { createServer } from 'node:http'
import { McpServer } from '@gangway/core'
import { z } from 'zod'
import { offer, settings } from './offer.mjs'

const given = settings()
const server = new McpServer({ name: 'bench', version: '1.0.0' })
for (const { name, description, shape, run } of offer(z, given)) server.tool(name, { description, input: shape }, (input, { progress }) => run(input, progress))
if (given.news) server.resource('bench://news', {}, () => 'news').tool('change', {}, () => server.changed('bench://news'))

const address = { host: '127.0.0.1', port: given.port }
const authenticate = given.locked && (await import('@gangway/auth')).bearer(given.locked)
/** @type {{ path: string, sessions: 'legacy' | 'none', maxSessions?: number, authenticate?: import('@gangway/core/web').Authenticate }} */
const options = { path: '/mcp', sessions: given.mode === 'stateless' ? 'none' : 'legacy', ...(given.maxSessions && { maxSessions: given.maxSessions }), ...(authenticate && { authenticate }) }

const doors = {
  fastify: async () => {
    const { http } = await import('@gangway/transport-http')
    await server.run(http({ ...address, ...options }))
  },
  plugin: async () => {
    const [{ default: Fastify }, { mcpHttp }] = await Promise.all([import('fastify'), import('@gangway/transport-http')])
    await Fastify().register(mcpHttp, { server, ...options }).listen(address)
  },
  node: async () => {
    const { nodeHandler } = await import('@gangway/transport-http/node')
    createServer(nodeHandler(server, options)).listen(address.port, address.host)
  },
  fetch: async () => {
    const { fetchHandler } = await import('@gangway/transport-http/fetch')
    const { serve } = await import('@hono/node-server')
    serve({ fetch: fetchHandler(server, { ...options, allowedHosts: [address.host] }), port: address.port, hostname: address.host })
  },
}

if (given.transport === 'stdio') await server.run()
else await doors[given.door ?? 'fastify']()
