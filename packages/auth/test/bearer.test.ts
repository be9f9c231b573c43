/** What a bearer of a JWT is told, on the way to a server. */
import { McpServer } from '@gangway/core'
import { httpApp } from '@gangway/transport-http'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { bearer, type BearerOptions } from '../src/index.ts'

const ISSUER = 'https://id.example.com'
const AUDIENCE = 'https://api.example.com/mcp'
const METADATA = 'https://api.example.com/.well-known/oauth-protected-resource/mcp'

let keys: Awaited<ReturnType<typeof generateKeyPair>>
let jwks: { keys: object[] }
beforeAll(async () => {
  keys = await generateKeyPair('ES256')
  jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] }
})

const token = (claims: JWTPayload = {}, { alg = 'ES256', key = keys.privateKey as CryptoKey | Uint8Array, typ = undefined as string | undefined } = {}): Promise<string> =>
  new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', scope: 'mcp', exp: Math.floor(Date.now() / 1000) + 60, ...claims }).setProtectedHeader({ alg, kid: 'k1', ...(typ !== undefined && { typ }) }).sign(key)

let calls: string[] = []
const newServer = (): McpServer =>
  new McpServer({ name: 'suite', version: '1.0.0' })
    .tool('who', {}, (_, { auth }) => {
      calls.push(auth?.subject ?? '')
      return `${auth?.subject} ${auth?.scopes.join(' ')}`
    })
    .tool('write', { scopes: ['orders:write', 'orders:read'] }, () => 'written')
    .tool('secret', { visible: (auth) => auth?.subject === 'root' }, () => 'secret')
    .resource('x://secret', { scopes: ['x'] }, () => 'x') as unknown as McpServer

const apps: { close(): PromiseLike<unknown> }[] = []
afterEach(async () => {
  calls = []
  for (const app of apps.splice(0)) await app.close()
})

function serve(options: Partial<BearerOptions> = {}, server = newServer()) {
  const app = httpApp(server, { authenticate: bearer({ issuer: ISSUER, audience: AUDIENCE, keys: jwks as never, ...options }) })
  apps.push(app)
  const send = async (method: string, params: object = {}, authorization?: string) => {
    const reply = await app.inject({
      method: 'POST',
      url: '/mcp',
      headers: { host: 'localhost', 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...('name' in params && { 'mcp-name': String(params.name) }), ...(authorization !== undefined && { authorization }) },
      payload: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }),
    })
    return { status: reply.statusCode, challenge: reply.headers['www-authenticate'], body: reply.json() }
  }
  const call = (name: string, authorization?: string) => send('tools/call', { name }, authorization)
  return { app, send, call }
}

test('a valid token is accepted, and the handler gets its subject [A6]', async () => {
  const { call } = serve()
  expect(await call('who', `Bearer ${await token()}`)).toMatchObject({ status: 200, body: { result: { content: [{ text: 'ada mcp' }] } } })
  expect(await call('who', `bEARER   ${await token({ sub: 'bob' })}`)).toMatchObject({ status: 200, body: { result: { content: [{ text: 'bob mcp' }] } } })
})

const now = (): number => Math.floor(Date.now() / 1000)

describe('is rejected with a challenge [A2] [A4] [A5] [A7]', () => {
  const faults: Record<string, () => Promise<{ authorization: string | undefined; status: number; error?: string }>> = {
    'nobody': async () => ({ authorization: undefined, status: 401 }),
    'another scheme': async () => ({ authorization: 'Basic YTpi', status: 401 }),
    'no token': async () => ({ authorization: 'Bearer', status: 400, error: 'invalid_request' }),
    'two tokens': async () => ({ authorization: `Bearer ${await token()} ${await token()}`, status: 400, error: 'invalid_request' }),
    'no JWT': async () => ({ authorization: 'Bearer abc', status: 401, error: 'invalid_token' }),
    'another key': async () => ({ authorization: `Bearer ${await token({}, { key: (await generateKeyPair('ES256')).privateKey })}`, status: 401, error: 'invalid_token' }),
    'a shared secret': async () => ({ authorization: `Bearer ${await token({}, { alg: 'HS256', key: new TextEncoder().encode(JSON.stringify(jwks)) })}`, status: 401, error: 'invalid_token' }),
    'no signature': async () => ({ authorization: `Bearer ${btoa('{"alg":"none"}').replaceAll('=', '')}.${(await token()).split('.')[1]}.`, status: 401, error: 'invalid_token' }),
    'another issuer': async () => ({ authorization: `Bearer ${await token({ iss: 'https://evil.example' })}`, status: 401, error: 'invalid_token' }),
    'another audience': async () => ({ authorization: `Bearer ${await token({ aud: 'https://other.example/mcp' })}`, status: 401, error: 'invalid_token' }),
    'an expired token, whatever its scopes': async () => ({ authorization: `Bearer ${await token({ exp: now() - 60, scope: '' })}`, status: 401, error: 'invalid_token' }),
    'a token of tomorrow': async () => ({ authorization: `Bearer ${await token({ nbf: now() + 60 })}`, status: 401, error: 'invalid_token' }),
    'a token for ever': async () => ({ authorization: `Bearer ${await token({ exp: undefined as never })}`, status: 401, error: 'invalid_token' }),
    'a token of nobody': async () => ({ authorization: `Bearer ${await token({ sub: undefined as never })}`, status: 401, error: 'invalid_token' }),
    'a token without the scope': async () => ({ authorization: `Bearer ${await token({ scope: 'other' })}`, status: 403, error: 'insufficient_scope' }),
  }
  test.each(Object.entries(faults))('%s', async (_, fault) => {
    const { call } = serve({ scopes: ['mcp'] })
    const { authorization, status, error } = await fault()
    const reply = await call('who', authorization)
    expect(reply.status).toBe(status)
    expect(reply.challenge).toContain(`resource_metadata="${METADATA}"`)
    expect(reply.challenge).toContain('scope="mcp"')
    if (error === undefined) expect(reply.challenge).not.toContain('error=')
    else expect(reply.challenge).toContain(`error="${error}"`)
    expect(reply.body.error.code).toBe(-32600)
    expect(calls).toEqual([])
  })
})

test('only listed algorithms are accepted, whatever the keys allow [A6]', async () => {
  const { call } = serve({ algorithms: ['RS256', 'PS256'] })
  expect(await call('who', `Bearer ${await token()}`)).toMatchObject({ status: 401, challenge: expect.stringContaining('error="invalid_token"') })
  expect(await serve({ algorithms: ['RS256', 'ES256'] }).call('who', `Bearer ${await token()}`)).toMatchObject({ status: 200 })
})

test('only access tokens are accepted, whatever else the same keys sign [A6]', async () => {
  const { call } = serve()
  for (const typ of ['JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/JWT']) expect([typ, await call('who', `Bearer ${await token({}, { typ })}`)]).toMatchObject([typ, { status: 200 }])
  for (const typ of ['logout+jwt', 'secevent+jwt', 'application/dpop+jwt', 'x-at+jwt', '']) {
    expect([typ, await call('who', `Bearer ${await token({}, { typ })}`)]).toMatchObject([typ, { status: 401, challenge: expect.stringContaining('error_description="The token is not an access token"') }])
  }
})

test('a tool with missing scopes is 403, with all of them [A7] [A8]', async () => {
  const { call } = serve()
  expect(await call('write', `Bearer ${await token({ scope: 'orders:read' })}`)).toEqual({
    status: 403,
    challenge: `Bearer error="insufficient_scope", resource_metadata="${METADATA}", scope="orders:write orders:read"`,
    body: { jsonrpc: '2.0', id: 1, error: { code: -32600, message: expect.stringContaining('orders:write, orders:read'), data: { reason: 'insufficient_scope', scopes: ['orders:write', 'orders:read'] } } },
  })
  expect(await call('write', `Bearer ${await token({ scope: 'orders:read orders:write' })}`)).toMatchObject({ status: 200 })
})

test('a scope can imply others [A8]', async () => {
  const { call } = serve({ impliedScopes: (scope) => (scope === 'admin' ? ['orders:write', 'orders:read'] : []) })
  expect(await call('write', `Bearer ${await token({ scope: 'admin' })}`)).toMatchObject({ status: 200 })
})

test('an item that a caller cannot see does not exist for it', async () => {
  const { send, call } = serve()
  const names = async (sub: string) => (await send('tools/list', {}, `Bearer ${await token({ sub })}`)).body.result.tools.map(({ name }: { name: string }) => name)
  expect([await names('ada'), await names('root')]).toEqual([['who', 'write'], ['who', 'write', 'secret']])
  expect(await call('secret', `Bearer ${await token()}`)).toMatchObject({ status: 200, body: { error: { code: -32602, message: 'Unknown tool: secret' } } })
  expect(await call('secret', `Bearer ${await token({ sub: 'root' })}`)).toMatchObject({ status: 200, body: { result: {} } })
})

test('the metadata is public at the path of the resource and at the root [A3] [A9]', async () => {
  const { app } = serve({ audience: 'HTTPS://API.example.com', scopes: ['mcp', 'offline_access'], name: 'Suite' })
  const reply = await app.inject({ url: '/.well-known/oauth-protected-resource', headers: { host: 'evil.example', origin: 'https://any.example' } })
  expect(reply.headers).toMatchObject({ 'content-type': expect.stringMatching(/^application\/json/), 'access-control-allow-origin': '*' })
  expect(reply.json()).toEqual({ resource: 'https://api.example.com', authorization_servers: [ISSUER], scopes_supported: ['mcp'], bearer_methods_supported: ['header'], resource_name: 'Suite' })
  const { app: other } = serve()
  for (const url of ['/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) expect((await other.inject({ url })).json()).toMatchObject({ resource: AUDIENCE })
})

test('an unsafe configuration does not start', () => {
  for (const options of [{ keys: {} as never }, { keys: null as never }, { algorithms: ['rs256'] }, { issuer: 'http://id.example.com' }, { audience: '' }, { audience: 'not a url' }, { audience: 'http://api.example.com/mcp' }, { audience: `${AUDIENCE}#x` }]) {
    expect(() => bearer({ issuer: ISSUER, audience: AUDIENCE, ...options })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH' }))
  }
})

test('an audience can differ from the URL of the endpoint, which `resource` then sets [A5]', async () => {
  const { app, call } = serve({ audience: 'api://shop', resource: AUDIENCE })
  expect(await call('who', `Bearer ${await token({ aud: 'api://shop' })}`)).toMatchObject({ status: 200 })
  expect(await call('who', `Bearer ${await token({ aud: AUDIENCE })}`)).toMatchObject({ status: 401, challenge: expect.stringContaining(METADATA) })
  expect((await app.inject({ url: '/.well-known/oauth-protected-resource/mcp' })).json()).toMatchObject({ resource: AUDIENCE })
})

test('`offline_access` is never required [A8]', async () => {
  const { call } = serve({ scopes: ['mcp', 'offline_access'] })
  expect(await call('who')).toMatchObject({ status: 401, challenge: expect.stringMatching(/scope="mcp"$/) })
  expect(await call('who', `Bearer ${await token({ scope: 'other' })}`)).toMatchObject({ status: 403, challenge: expect.stringMatching(/scope="mcp"$/) })
  expect(await call('who', `Bearer ${await token()}`)).toMatchObject({ status: 200 })
})
