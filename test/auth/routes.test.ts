/** What is served beside the endpoint: custom routes say whom they are for, and probes are for everybody. */
import { bearer } from '@gangway/auth'
import type { Logger, McpServer } from '@gangway/core'
import type { GateOptions } from '@gangway/core/web'
import { http } from '@gangway/transport-http'
import { sse } from '@gangway/transport-sse'
import { describe, expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { closing } from '../harness/index.ts'
import { logged, newServer } from '../harness/server.ts'
import { HTTP_HOSTS, SSE_HOSTS } from './hosts.ts'
import { AUDIENCE, ISSUER, newIssuer } from './issuer.ts'

const routed = (logger?: Logger): McpServer =>
  newServer({ scopes: ['base'], ...(logger && { logger }) })
    .route({ method: 'GET', path: '/open', auth: 'public' }, () => new Response('open'))
    .route({ method: 'GET', path: '/whose', auth: 'required' }, (_, { auth }) => new Response(auth?.subject))
    .route({ method: 'POST', path: '/echo', auth: 'required' }, async (request) => Response.json({ headers: Object.fromEntries(request.headers), body: await request.text() }))

const HOSTS = [...Object.entries(HTTP_HOSTS).map(([name, host]) => [`http ${name}`, host] as const), ...Object.entries(SSE_HOSTS).map(([name, host]) => [`sse ${name}`, host] as const)]

describe.each(HOSTS)('%s', (name, host) => {
  test('a public route accepts everybody; a required route needs a caller and the scopes of the server', async () => {
    const issuer = await newIssuer()
    const url = await host(routed(), bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks }))
    const get = async (path: string, claims?: object) =>
      exchange(new URL(`.${path}`, url).href, { method: 'GET', headers: claims ? { authorization: `Bearer ${await issuer.token({ ...claims })}` } : {} })
    expect(await get('/open')).toMatchObject({ status: 200, text: 'open' })
    expect(await get('/whose')).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringContaining('resource_metadata=') } })
    expect(await get('/whose', { scope: 'base', aud: 'https://other.example.com/mcp' })).toMatchObject({ status: 401 })
    expect(await get('/whose', { scope: 'other' })).toMatchObject({ status: 403, headers: { 'www-authenticate': expect.stringContaining('scope="base"') } })
    expect(await get('/whose', { scope: 'base' })).toMatchObject({ status: 200, text: 'ada' })
    if (name.endsWith('()')) expect([(await get('/livez')).status, (await get('/readyz')).status]).toEqual([200, 200])
  })

  test('a route gets the caller, and not the token', async () => {
    const issuer = await newIssuer()
    const url = await host(routed(), bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks }))
    const { text } = await exchange(new URL('./echo', url).href, { headers: { authorization: `Bearer ${await issuer.token({ scope: 'base' })}`, 'x-mine': 'kept' }, body: 'all of it' })
    expect(JSON.parse(text)).toMatchObject({ headers: { 'x-mine': 'kept' }, body: 'all of it' })
    expect(text).not.toMatch(/authorization|eyJ/)
  })

  test('a route without `auth` keeps the server from starting', async () => {
    const server = newServer().route({ method: 'GET', path: '/forgotten' }, () => new Response('open'))
    await expect(host(server, bearer({ issuer: ISSUER, audience: AUDIENCE }))).rejects.toMatchObject({ code: 'GANGWAY_E_ROUTE_AUTH', message: expect.stringContaining('/forgotten') })
  })
})

test.each(Object.entries({ http, sse }))('over %s, scopes without `authenticate` log a warning at start', async (_, transport) => {
  const { logger, lines } = logged('warn')
  const serve = async (server: McpServer, options: GateOptions = {}): Promise<unknown> => closing(await transport({ port: 0, ...options }).serve(server))
  await serve(newServer({ logger }).route({ method: 'GET', path: '/open', auth: 'public' }, () => new Response('open')) as unknown as McpServer)
  await serve(routed(logger), { authenticate: () => undefined })
  expect(lines).toEqual([])
  await serve(routed(logger))
  await serve(newServer({ logger }).tool('write', { scopes: ['write'] }, () => 'written') as unknown as McpServer)
  expect(lines).toEqual(Array.from({ length: 2 }, () => [{}, expect.stringContaining('authenticate')]))
})
