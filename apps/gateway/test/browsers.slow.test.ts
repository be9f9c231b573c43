/** Browsers use the pages, and MCP from allowed pages, with the same cookie. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bearer, logIn, OWN, PARTNER, start } from './application.ts'

let application: Awaited<ReturnType<typeof start>>
beforeEach(async () => void (application = await start()))
afterEach(() => application.app.close())

const request = (method: string, params: object = {}): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
const INITIALIZE = request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1' } })
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

const post = (headers: Record<string, string>, body = INITIALIZE): Promise<Response> => fetch(`${application.origin}/api/mcp`, { method: 'POST', headers: { ...HEADERS, ...headers }, body })

test('a person logs in, adds an errand and logs out', async () => {
  const { origin } = application
  expect(await logIn(origin, 'ada', 'wrong')).toMatchObject({ status: 401, cookie: '' })
  expect(await logIn(origin, 'nobody', 'wrong')).toMatchObject({ status: 401, cookie: '' })
  const { status, cookie } = await logIn(origin, 'ada', 'lovelace')
  expect([status, cookie]).toEqual([303, expect.stringMatching(/^login=/)])
  const see = async () => (await fetch(origin, { headers: { cookie } })).text()
  await fetch(`${origin}/errands`, { method: 'POST', headers: { cookie, origin: OWN }, body: new URLSearchParams({ what: '<b>water</b> the engine' }) })
  expect(await see()).toContain('<li>&lt;b>water&lt;/b> the engine</li>')
  await fetch(`${origin}/logout`, { method: 'POST', headers: { cookie, origin: OWN } })
  expect(await see()).toContain('Log in')
})

test.each(['/login', '/errands'])('%s takes a whole form, and nothing else', async (path) => {
  const send = (type?: string, body?: string) => fetch(`${application.origin}${path}`, { method: 'POST', redirect: 'manual', headers: type === undefined ? {} : { 'content-type': type }, ...(body !== undefined && { body }) })
  const bad = [send(), ...['', 'name=ada', 'name=ada&password=a&password=b&what=a&what=b'].map((form) => send('application/x-www-form-urlencoded', form)), ...['null', '[]', '{"name":"ada"}'].map((json) => send('application/json', json))]
  for (const { status } of await Promise.all(bad)) expect(status).toBe(400)
  expect((await send('application/json', '{"name":"ada","password":1,"what":1}')).status).toBe(path === '/login' ? 401 : 303)
})

describe('with the cookie', () => {
  let cookie: string
  beforeEach(async () => void ({ cookie } = await logIn(application.origin, 'ada', 'lovelace')))

  test.each([OWN, PARTNER])('a page of %s uses MCP, and may read the session and the answers', async (origin) => {
    const handshake = await post({ cookie, origin })
    const session = handshake.headers.get('mcp-session-id') ?? ''
    expect([handshake.status, Object.fromEntries(handshake.headers)]).toMatchObject([200, {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringContaining('Mcp-Session-Id'),
      'x-content-type-options': 'nosniff',
      'x-ratelimit-limit': '300',
    }])
    const called = await post({ cookie, origin, 'mcp-session-id': session }, request('tools/call', { name: 'add_errand', arguments: { what: 'oil' } }))
    expect(await called.json()).toMatchObject({ result: { structuredContent: { what: 'oil' } } })
    expect(application.errands.list('ada')).toMatchObject([{ what: 'oil' }])
    expect((await post({ cookie: '', ...bearer(application.keys.bob), origin, 'mcp-session-id': session }, request('ping'))).status).toBe(404) // The session of another person.
    const asked = await fetch(`${application.origin}/api/mcp`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'mcp-session-id' } })
    expect([asked.status, Object.fromEntries(asked.headers)]).toMatchObject([204, { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', 'access-control-allow-methods': expect.stringContaining('DELETE') }])
    expect((await fetch(`${application.origin}/api/mcp`, { method: 'DELETE', headers: { cookie, origin, 'mcp-session-id': session } })).status).toBe(204)
  })

  test.each(['https://evil.example', 'http://localhost:3000', 'http://127.0.0.1:1', 'null'])('a page of %s is rejected', async (origin) => {
    expect((await post({ cookie, origin })).status).toBe(403)
    const preflight = await fetch(`${application.origin}/api/mcp`, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' } })
    expect(preflight.headers.get('access-control-allow-origin')).not.toBe(origin)
    for (const path of ['/api/mcp', '/api/sse', '/api/errands.csv']) {
      const looked = await fetch(`${application.origin}${path}`, { headers: { cookie, origin, accept: 'text/event-stream' } })
      expect([path, looked.status]).toEqual([path, 403])
    }
    expect((await fetch(`${application.origin}/errands`, { method: 'POST', headers: { cookie, origin }, body: new URLSearchParams({ what: 'evil' }) })).status).toBe(403)
    expect(application.errands.list('ada')).toEqual([])
  })

  test('a form on another site cannot send a call', async () => {
    const reply = await post({ cookie, 'content-type': 'text/plain' })
    expect([reply.status, await reply.json()]).toMatchObject([415, { jsonrpc: '2.0', error: { code: -32600 } }])
  })

  test('serves the errands as CSV', async () => {
    application.errands.add('ada', 'say "hello"')
    const reply = await fetch(`${application.origin}/api/errands.csv`, { headers: { cookie } })
    expect([reply.headers.get('content-type'), await reply.text()]).toEqual(['text/csv; charset=utf-8', 'id,what,done\r\n1,"say ""hello""",false\r\n'])
  })
})

test('rejects requests without a login', async () => {
  for (const headers of [{}, { cookie: 'login=forged' }, bearer('forged')]) {
    const reply = await post(headers)
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'authorization' in headers ? 'Bearer error="invalid_token"' : 'Bearer'])
    expect((await fetch(`${application.origin}/api/errands.csv`, { headers })).status).toBe(401)
  }
})
