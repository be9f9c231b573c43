/** Opaque tokens: what the issuer says counts, and only if it is about us. */
import { describe, expect, test } from 'vitest'
import { introspection } from '../src/index.ts'
import { fails, hangs, loopback, type Answer, type Loopback } from './issuer.ts'
import { behind, type Behind } from './server.ts'

const AUDIENCE = 'https://api.example.com/mcp'
const GOOD = { active: true, aud: [AUDIENCE], sub: 'ada', scope: 'mcp more', client_id: 'shop', exp: Math.floor(Date.now() / 1000) + 600 }
const UNAVAILABLE = { status: 503, retryAfter: '5', reason: 'issuer_unavailable', challenge: undefined, who: undefined }
const REFUSED = { status: 401, challenge: expect.stringContaining('error="invalid_token"') }

async function asking(answer: Answer, options: { cacheTtl?: number; timeout?: number } = {}): Promise<{ at: Loopback; here: Behind }> {
  const at = await loopback()
  at.answers['/introspect'] = answer
  return { at, here: behind(introspection({ issuer: at.url, endpoint: `${at.url}/introspect`, clientId: 'resource', clientSecret: 'a:b c%', audience: AUDIENCE, ...options })) }
}

test('the caller is the one that the issuer reports, and the request authenticates the server', async () => {
  const asked: unknown[] = []
  const { at, here } = await asking(({ method, headers, body }, response) => {
    asked.push({ method, authorization: Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString(), ...Object.fromEntries(new URLSearchParams(body)) })
    response.end(JSON.stringify(GOOD))
  })
  expect(await here.call('Bearer opaque')).toMatchObject({ status: 200, who: { subject: 'ada', scopes: ['mcp', 'more'], issuer: at.url, clientId: 'shop', expiresAt: GOOD.exp * 1000 } })
  expect(asked).toEqual([{ method: 'POST', authorization: 'resource:a%3Ab%20c%25', token: 'opaque', token_type_hint: 'access_token' }])
})

describe('is rejected', () => {
  test.each<[string, object]>([
    ['not active', { ...GOOD, active: false }],
    ['active by mere words', { ...GOOD, active: 'true' }],
    ['for another audience', { ...GOOD, aud: 'https://other.example.com/mcp' }],
    ['for no audience', { ...GOOD, aud: undefined }],
    ['of another issuer', { ...GOOD, iss: 'https://evil.example.com' }],
    ['active, and yet expired', { ...GOOD, exp: 1 }],
    ['active, and yet not good before tomorrow', { ...GOOD, nbf: GOOD.exp }],
    ['without a subject', { ...GOOD, sub: undefined, client_id: undefined }],
    ['in a list', [GOOD]],
  ])('%s', async (_, answer) => {
    const { here } = await asking(answer)
    expect(await here.call('Bearer opaque')).toMatchObject(REFUSED)
    expect(here.complaints()).toEqual([])
  })

  test.each(['exp', 'nbf'].flatMap((name) => [String(GOOD.exp), '2030-01-01T00:00:00Z', '', null, true, [1], {}].map((value) => [name, value] as const)))('with the %s %j, which is not a number: the log names the member [case A6]', async (name, value) => {
    const { here } = await asking({ ...GOOD, [name]: value })
    expect(await here.call('Bearer opaque-and-secret')).toMatchObject(REFUSED)
    expect(here.complaints()).toEqual([expect.stringContaining(`${name}:`)])
    expect(JSON.stringify(here.log)).not.toContain('opaque-and-secret')
  })

  test.each<[string, Answer]>([
    ['by an issuer that fails', fails],
    ['by one that rejects our own credentials', (_, response) => void response.writeHead(401).end('{}')],
    ['by one that never answers', hangs],
    ['by one that speaks no JSON', (_, response) => void response.end('<html>')],
    ['by a redirect', (_, response) => void response.writeHead(307, { location: '/elsewhere' }).end()],
  ])('%s, with 503: the client keeps its token, and the log has the reason but not the token [A10] [case 11]', async (_, answer) => {
    const { at, here } = await asking(answer, answer === hangs ? { timeout: 1000 } : {})
    at.answers['/elsewhere'] = GOOD
    expect(await here.call('Bearer opaque-and-secret')).toMatchObject(UNAVAILABLE)
    expect(here.complaints()).toEqual([expect.stringContaining('A request could not be authenticated')])
    expect(here.complaints()[0]).toContain('/introspect')
    expect(JSON.stringify(here.log)).not.toContain('opaque-and-secret')
    at.answers['/introspect'] = GOOD
    expect(await here.call('Bearer opaque-and-secret')).toMatchObject({ status: 200 })
  })
})

test('an unreachable endpoint is also 503, and its query is not logged [case 11]', async () => {
  const here = behind(introspection({ issuer: 'http://127.0.0.1:9', endpoint: 'http://127.0.0.1:9/introspect?secret=swordfish', clientId: 'a', clientSecret: 'b', audience: AUDIENCE }))
  expect(await here.call('Bearer opaque')).toMatchObject(UNAVAILABLE)
  expect(JSON.stringify(here.log)).not.toContain('swordfish')
})

test('concurrent requests with one token share one introspection [case 12]', async () => {
  const waiting: (() => void)[] = []
  const { at, here } = await asking((_, response) => void waiting.push(() => response.end(JSON.stringify(GOOD))))
  const calls = Array.from({ length: 20 }, (_, index) => here.call(index < 19 ? 'Bearer opaque' : 'Bearer another'))
  while (waiting.length < 2) await new Promise(setImmediate)
  for (const answer of waiting) answer()
  for (const { status } of await Promise.all(calls)) expect(status).toBe(200)
  expect(at.asked).toHaveLength(2)
  at.answers['/introspect'] = { active: false }
  expect(await here.call('Bearer opaque')).toMatchObject(REFUSED)
})

test('each request calls the issuer; with `cacheTtl`, only the first one', async () => {
  const { at, here } = await asking(GOOD)
  for (let times = 0; times < 3; times++) await here.call('Bearer opaque')
  expect(at.asked).toHaveLength(3)
  at.answers['/introspect'] = { active: false }
  expect(await here.call('Bearer opaque')).toMatchObject(REFUSED)

  const { at: seldom, here: there } = await asking(GOOD, { cacheTtl: 60_000 })
  for (let times = 0; times < 3; times++) expect(await there.call('Bearer opaque')).toMatchObject({ status: 200 })
  expect(await there.call('Bearer another')).toMatchObject({ status: 200 })
  expect(seldom.asked).toHaveLength(2)
})

test('a client that acts for itself is its own subject', async () => {
  const { here } = await asking({ ...GOOD, sub: undefined })
  expect(await here.call('Bearer opaque')).toMatchObject({ status: 200, who: { subject: 'shop', clientId: 'shop' } })
})

test('secrets are sent only over https or loopback', () => {
  expect(() => introspection({ issuer: 'https://id.example.com', endpoint: 'http://id.example.com/introspect', clientId: 'a', clientSecret: 'b', audience: AUDIENCE })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH' }))
})
