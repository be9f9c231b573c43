/** Who gets in, on every HTTP door, with every verb, in both eras. */
import { bearer } from '@gangway/auth'
import { generateKeyPair } from 'jose'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exchange } from '../harness/http-client.ts'
import { BASE_HEADERS, legacyHeaders, modernHeaders } from '../harness/http-headers.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, modernText, NEWEST_LEGACY, requestText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'
import { HTTP_HOSTS, SSE_HOSTS, type Host } from './hosts.ts'
import { AUDIENCE, ISSUER, newIssuer, seconds, type Issuer } from './issuer.ts'
import { legacyVerbs, modernVerbs, openSse, sseVerbs, type Credentials, type Verb } from './verbs.ts'

const METADATA = 'https://api.example.com/.well-known/oauth-protected-resource/mcp'

let issuer: Issuer
let touched = 0
beforeAll(async () => void (issuer = await newIssuer()))
beforeEach(() => void (touched = 0))

const newTarget = () =>
  newServer()
    .tool('touch', {}, () => `${++touched}`)
    .tool('write', { scopes: ['orders:read', 'orders:write'] }, () => `${++touched}`)
const authenticate = () => bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks, scopes: ['mcp'] })
const holds = (token: string): Credentials => ({ authorization: `Bearer ${token}` })

interface Fault {
  credentials: () => Promise<Credentials>
  query?: () => Promise<Record<string, string>>
  status: number
  error?: string
}
const FAULTS: Record<string, Fault> = {
  'nothing at all': { credentials: async () => ({}), status: 401 },
  'credentials of another kind': { credentials: async () => ({ authorization: 'Basic YWRhOnNlY3JldA==' }), status: 401 },
  'a token in the query': { credentials: async () => ({}), query: async () => ({ access_token: await issuer.token() }), status: 401 },
  'a good token in a header of its own': { credentials: async () => ({ 'x-access-token': await issuer.token() }), status: 401 },
  'no token behind the scheme': { credentials: async () => ({ authorization: 'Bearer ' }), status: 400, error: 'invalid_request' },
  'two tokens in one header': { credentials: async () => holds(`${await issuer.token()} ${await issuer.token()}`), status: 400, error: 'invalid_request' },
  'two headers': { credentials: async () => ({ authorization: [`Bearer ${await issuer.token()}`, `Bearer ${await issuer.token()}`] as never }), status: 400, error: 'invalid_request' },
  'what is no JWT': { credentials: async () => holds('abc'), status: 401, error: 'invalid_token' },
  'a signature of somebody else': { credentials: async () => holds(await issuer.token({}, { key: (await generateKeyPair('ES256')).privateKey })), status: 401, error: 'invalid_token' },
  'an expired token, whatever its scopes': { credentials: async () => holds(await issuer.token({ exp: seconds(-1), scope: '' })), status: 401, error: 'invalid_token' },
  'a token for another server': { credentials: async () => holds(await issuer.token({ aud: 'https://api.example.com/other' })), status: 401, error: 'invalid_token' },
  'a token of another issuer': { credentials: async () => holds(await issuer.token({ iss: 'https://evil.example.com' })), status: 401, error: 'invalid_token' },
  'a token without the scope': { credentials: async () => holds(await issuer.token({ scope: 'other' })), status: 403, error: 'insufficient_scope' },
}

const described = /error_description="[^"\\]+", /

async function refusesAll(verbs: Record<string, Verb>, { credentials, query, status, error }: Fault): Promise<void> {
  const challenge = `Bearer ${error === undefined ? '' : `error="${error}", `}resource_metadata="${METADATA}", scope="mcp"`
  for (const [name, verb] of Object.entries(verbs)) {
    const reply = await verb(await credentials(), await query?.())
    expect({ name, status: reply.status, challenge: reply.headers['www-authenticate']?.replace(described, '') }).toEqual({ name, status, challenge })
    expect(reply.messages).toMatchObject([{ error: { code: -32600 } }])
  }
  expect(touched).toBe(0)
}

/** What is the same behind every address. */
function guards(open: () => Promise<string>, verbsAt: (url: string) => Record<string, Verb>): void {
  test.each(Object.entries(FAULTS))('%s gives no access to any endpoint [A1] [A2] [A4] [A5] [A6] [A7]', async (_, fault) => refusesAll(verbsAt(await open()), fault))

  test('serves the metadata to everybody at both URLs, for every path of the endpoint [A3] [A9]', async () => {
    const { origin } = new URL(await open())
    for (const path of ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource']) {
      const { status, headers, text } = await exchange(`${origin}${path}`, { method: 'GET', headers: { host: 'proxy.internal', origin: 'https://page.example' } })
      expect({ status, document: JSON.parse(text) }).toEqual({ status: 200, document: { resource: AUDIENCE, authorization_servers: [ISSUER], scopes_supported: ['mcp'], bearer_methods_supported: ['header'] } })
      expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'content-type': expect.stringMatching(/^application\/json/) })
      expect(await exchange(`${origin}${path}`, { method: 'OPTIONS', headers: { origin: 'https://page.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'mcp-protocol-version' } })).toMatchObject({
        status: 204,
        headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
      })
      expect(await exchange(`${origin}${path}`, { method: 'HEAD' })).toMatchObject({ status: 200, text: '' })
    }
  })
}

/** A session of ada's. */
const session = async (url: string): Promise<string> => {
  const { headers } = await exchange(url, { headers: { ...legacyHeaders(undefined, NEWEST_LEGACY), authorization: `Bearer ${await issuer.token()}` }, body: requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)) })
  return String(headers['mcp-session-id'])
}

const NEEDS = 'Bearer error="insufficient_scope", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp", scope="mcp orders:read orders:write"'

describe.each(Object.entries(HTTP_HOSTS))('%s', (_, host: Host) => {
  const open = () => host(newTarget(), authenticate())

  describe('http 2026-07-28', () => {
    guards(open, modernVerbs)

    test('a tool with more scopes: 403 names all of them, and a token with them is accepted [A2] [A7] [A8]', async () => {
      const url = await open()
      const body = modernText(7, 'tools/call', { name: 'write' })
      const call = async (scope: string) => exchange(url, { headers: { ...modernHeaders(body), authorization: `Bearer ${await issuer.token({ scope })}` }, body })
      for (const scope of ['mcp', 'mcp orders:read', 'mcp orders:write']) expect(await call(scope)).toMatchObject({ status: 403, headers: { 'www-authenticate': NEEDS }, messages: [{ id: 7, error: { code: -32600, data: { reason: 'insufficient_scope' } } }] })
      expect(touched).toBe(0)
      expect(await call('orders:write mcp orders:read')).toMatchObject({ status: 200, messages: [{ id: 7, result: { content: [{ text: '1' }] } }] })
    })
  })

  describe('http 2025-11-25', () => {
    guards(open, (url) => legacyVerbs(url))

    test('an open session still requires a token [A6] [A11]', async () => {
      const url = await open()
      const verbs = legacyVerbs(url, await session(url))
      for (const name of ['nothing at all', 'an expired token, whatever its scopes', 'a token for another server']) await refusesAll(verbs, FAULTS[name] as Fault)
    })

    test('the session of another principal gets 404, for every method [A11]', async () => {
      const url = await open()
      const id = await session(url)
      const { 'a handshake': _handshake, 'another verb': _verb, ...verbs } = legacyVerbs(url, id)
      for (const sub of ['bob', '["https://id.example.com","ada"]']) {
        for (const [name, verb] of Object.entries(verbs)) expect({ name, status: (await verb(holds(await issuer.token({ sub })))).status }).toEqual({ name, status: 404 })
      }
      expect(touched).toBe(0)
      expect(await verbs['a call']?.(holds(await issuer.token({ scope: 'mcp and:more' })))).toMatchObject({ status: 200 })
    })

    test('a tool with more scopes: 403 names all of them, and a token with them is accepted in the same session [A2] [A7]', async () => {
      const url = await open()
      const headers = legacyHeaders(await session(url), NEWEST_LEGACY)
      const call = async (scope: string, body: string) => exchange(url, { headers: { ...headers, authorization: `Bearer ${await issuer.token({ scope })}` }, body })
      const write = requestText(7, 'tools/call', { name: 'write' })
      expect(await call('mcp', write)).toMatchObject({ status: 403, headers: { 'www-authenticate': NEEDS }, messages: [{ id: 7, error: { code: -32600 } }] })
      expect(touched).toBe(0)
      expect(await call('mcp orders:read orders:write', write)).toMatchObject({ status: 200, messages: [{ id: 7, result: { content: [{ text: '1' }] } }] })
    })

    test('a batch is rejected if one element lacks a scope, and no element runs [A2]', async () => {
      const url = await open()
      const authorization = `Bearer ${await issuer.token()}`
      const { headers } = await exchange(url, { headers: { ...BASE_HEADERS, authorization }, body: requestText(1, 'initialize', initializeParams('2025-03-26')) })
      const post = (body: string) => exchange(url, { headers: { ...BASE_HEADERS, authorization, 'mcp-session-id': headers['mcp-session-id'] }, body })
      await post('{"jsonrpc":"2.0","method":"notifications/initialized"}')
      expect(await post(`[1, null, ${requestText(2, 'tools/call', { name: 'touch' })}, ${requestText(3, 'tools/call', { name: 'write' })}]`)).toMatchObject({ status: 403, headers: { 'www-authenticate': NEEDS } })
      expect(touched).toBe(0)
    })
  })
})

describe.each(Object.entries(SSE_HOSTS))('%s', (_, host: Host) => {
  const open = () => host(newTarget(), authenticate())

  describe('sse 2025-11-25', () => {
    guards(open, (url) => sseVerbs(url))

    test('each message requires a token of the same principal [A6] [A11]', async () => {
      const url = await open()
      const client = await openSse(url, holds(await issuer.token()))
      closing({ close: async () => client.leave() })
      const { 'the stream': _stream, ...verbs } = sseVerbs(url, client.messages)
      await refusesAll(verbs, FAULTS['nothing at all'] as Fault)
      for (const verb of Object.values(verbs)) expect(await verb(holds(await issuer.token({ sub: 'bob' })))).toMatchObject({ status: 404 })
      expect(client.received).toEqual([])
    })

    test('a tool with more scopes: 403, and a token with them is accepted on the same stream [A2] [A7]', async () => {
      const client = await openSse(await open(), holds(await issuer.token()))
      closing({ close: async () => client.leave() })
      await client.post(requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)), holds(await issuer.token()))
      await client.answer(1)
      const write = requestText(7, 'tools/call', { name: 'write' })
      expect(await client.post(write, holds(await issuer.token()))).toMatchObject({ status: 403, headers: { 'www-authenticate': NEEDS } })
      expect(await client.post(write, holds(await issuer.token({ scope: 'mcp orders:read orders:write' })))).toMatchObject({ status: 202 })
      expect(await client.answer(7)).toMatchObject({ result: { content: [{ text: '1' }] } })
    })

    test('a batch is rejected if one element lacks a scope, and no element runs [A2]', async () => {
      const client = await openSse(await open(), holds(await issuer.token()))
      closing({ close: async () => client.leave() })
      await client.post(requestText(1, 'initialize', initializeParams('2025-03-26')), holds(await issuer.token()))
      await client.answer(1)
      const batch = `[1, null, ${requestText(2, 'tools/call', { name: 'touch' })}, ${requestText(3, 'tools/call', { name: 'write' })}]`
      expect(await client.post(batch, holds(await issuer.token()))).toMatchObject({ status: 403, headers: { 'www-authenticate': NEEDS } })
      expect(touched).toBe(0)
    })
  })
})
