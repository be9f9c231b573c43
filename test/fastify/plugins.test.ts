/** Plugins that an application has already: what they do reaches every reply of MCP in it, event streams included. */
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { headsOf, openApplication, type Head } from './application.ts'

const PAGE = 'https://app.example.com'

const STATUS: Readonly<Record<string, number>> = {
  'modern malformed JSON': 400,
  'legacy malformed JSON': 400,
  'sse malformed JSON': 400,
  'modern wrong media type': 415,
  'legacy wrong media type': 415,
  'unknown session': 404,
  notification: 202,
  'sse message': 202,
}

/** As they are without any plugin; and so that none is missing. */
function expectOwn(heads: readonly Head[]): void {
  expect(Object.fromEntries(heads.map(({ kind, status }) => [kind, status]))).toEqual(Object.fromEntries(heads.map(({ kind }) => [kind, STATUS[kind] ?? 200])))
  const streams = heads.filter(({ kind }) => kind.endsWith('event stream'))
  expect(streams).toHaveLength(4)
  for (const { headers } of streams) expect(headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform' })
}

test('@fastify/cors: a page can read every response, with its cookies, and exposed headers of the application stay exposed', async () => {
  const application = await openApplication({
    has: (app) => app.register(cors, { origin: [PAGE], credentials: true, exposedHeaders: ['X-Request-Id'] }),
    mcp: { allowedOrigins: [PAGE] },
  })
  const heads = await headsOf(application, { origin: PAGE })
  expectOwn(heads)
  for (const { kind, headers } of heads) {
    expect([kind, headers]).toMatchObject([kind, { 'access-control-allow-origin': PAGE, 'access-control-allow-credentials': 'true', 'access-control-expose-headers': expect.stringMatching(/^X-Request-Id, Mcp-Session-Id/) }])
  }
  for (const path of [application.url, `${application.origin}/api/sse`, `${application.origin}/api/echo`]) {
    const preflight = await exchange(path, { method: 'OPTIONS', headers: { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type,mcp-method,mcp-name,mcp-protocol-version' } })
    expect([preflight.status, preflight.headers]).toMatchObject([204, { 'access-control-allow-origin': PAGE, 'access-control-allow-credentials': 'true', 'access-control-allow-headers': 'content-type,mcp-method,mcp-name,mcp-protocol-version' }])
  }
})

test('@fastify/helmet: every response has its headers', async () => {
  const heads = await headsOf(await openApplication({ has: (app) => app.register(helmet) }))
  expectOwn(heads)
  for (const { kind, headers } of heads) expect([kind, headers]).toMatchObject([kind, { 'x-content-type-options': 'nosniff', 'strict-transport-security': expect.any(String) }])
})

test('@fastify/rate-limit: every request counts, and every response has the headers', async () => {
  const heads = await headsOf(await openApplication({ has: (app) => app.register(rateLimit, { max: 100 }) }))
  expectOwn(heads)
  for (const { kind, headers } of heads) expect([kind, headers]).toMatchObject([kind, { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': expect.any(String) }])
})

test('all plugins together', async () => {
  const all = async (app: FastifyInstance) => {
    await app.register(cors, { origin: [PAGE] })
    await app.register(helmet)
    await app.register(rateLimit, { max: 100 })
    await app.register(cookie)
    await app.register(formbody)
    await app.register(multipart, { attachFieldsToBody: true })
    await app.register(compress, { threshold: 0 })
    await app.register(underPressure)
  }
  const heads = await headsOf(await openApplication({ has: all, mcp: { allowedOrigins: [PAGE] } }), { origin: PAGE, 'accept-encoding': 'gzip' })
  expectOwn(heads)
  for (const { kind, headers } of heads) {
    expect([kind, headers]).toMatchObject([kind, { 'access-control-allow-origin': PAGE, 'x-content-type-options': 'nosniff', 'x-ratelimit-limit': '100' }])
    if (kind.endsWith('event stream')) expect(headers['content-encoding']).toBeUndefined()
    if (kind.endsWith('answer')) expect(headers['content-encoding']).toBe('gzip')
  }
})
