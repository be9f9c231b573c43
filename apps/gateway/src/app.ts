/** The application: plugins, pages, and MCP under `/api`. */
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { mcpHttp } from '@gangway/transport-http'
import { mcpSse } from '@gangway/transport-sse'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { authenticateWith } from './login.ts'
import { createServer } from './mcp.ts'
import { pages, type PagesOptions } from './pages.ts'

export interface AppOptions extends PagesOptions {
  /** Requests per minute from one address. @default 300 */
  readonly rate?: number
  readonly fastify?: FastifyServerOptions
}

/** `origins` are the origins whose pages may call the application with the visitor's cookie, its own origin included. Resolves when the application is ready to listen. */
export async function createApp({ people, errands, origins, rate = 300, fastify = {} }: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    return503OnClosing: false, // Requests that arrive during shutdown still get a response.
    forceCloseConnections: true, // Browsers open connections in advance, which would delay the shutdown. Calls in flight have finished by then.
    ...fastify,
  })
  await app.register(helmet)
  await app.register(cors, { origin: [...origins], credentials: true, methods: ['GET', 'POST', 'DELETE'] }) // Clients close their sessions with DELETE.
  await app.register(rateLimit, { max: rate })
  await app.register(cookie)
  await app.register(formbody)
  await app.register(pages, { people, errands, origins })

  const mcp = {
    server: createServer(errands),
    authenticate: authenticateWith(app, people),
    allowedHosts: origins.map((origin) => new URL(origin).host),
    allowedOrigins: origins,
    prefix: '/api',
  }
  await app.register(mcpHttp, mcp) // /api/mcp, and the custom route /api/errands.csv
  await app.register(mcpSse, mcp) // /api/sse and /api/messages, for clients that support no newer transport
  return app
}
