/** Issuers that lie, are down, slow or have new keys: nobody gets in who should not, and nobody waits for ever. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bearer, type BearerOptions } from '../src/index.ts'
import { fails, hangs, loopback, newKey, type Loopback } from './issuer.ts'
import { behind, type Behind } from './server.ts'

const AUDIENCE = 'https://api.example.com/mcp'
const UNAVAILABLE = { status: 503, retryAfter: expect.stringMatching(/^(?:5|30)$/), reason: 'issuer_unavailable', challenge: undefined, who: undefined }
const REFUSED = { status: 401, challenge: expect.stringContaining('error="invalid_token"'), who: undefined }
const WELL_KNOWN = '/.well-known/oauth-authorization-server'

afterEach(() => void vi.useRealTimers())

async function issuing({ path = '', ...options }: Partial<BearerOptions> & { path?: string } = {}): Promise<{ at: Loopback; issuer: string; here: Behind; authorization: string; key: Awaited<ReturnType<typeof newKey>> }> {
  const at = await loopback()
  const issuer = `${at.url}${path}`
  const key = await newKey('one')
  at.answers['/jwks'] = { keys: [key.jwk] }
  const here = behind(bearer({ issuer, audience: AUDIENCE, ...options }))
  return { at, issuer, here, key, authorization: `Bearer ${await key.sign({ iss: issuer, aud: AUDIENCE })}` }
}
const metadata = (at: Loopback, issuer: string): object => ({ issuer, jwks_uri: `${at.url}/jwks` })

describe('finds the keys', () => {
  test.each([
    ['', WELL_KNOWN],
    ['', '/.well-known/openid-configuration'],
    ['/tenant', `${WELL_KNOWN}/tenant`],
    ['/tenant', '/.well-known/openid-configuration/tenant'],
    ['/tenant', '/tenant/.well-known/openid-configuration'],
  ])('of an issuer at "%s", whose metadata is at %s', async (path, wellKnown) => {
    const { at, issuer, here, authorization } = await issuing({ path })
    at.answers[wellKnown] = metadata(at, issuer)
    expect(await here.call(authorization)).toMatchObject({ status: 200, who: { subject: 'ada', issuer } })
    expect(here.complaints()).toEqual([])
  })

  test('once, for concurrent and later requests, and verifies each token once', async () => {
    const { at, issuer, here, authorization } = await issuing()
    at.answers[WELL_KNOWN] = metadata(at, issuer)
    for (const { status } of await Promise.all([1, 2, 3].map(() => here.call(authorization)))) expect(status).toBe(200)
    at.answers['/jwks'] = fails
    expect(await here.call(authorization)).toMatchObject({ status: 200 })
    expect(at.asked).toEqual([WELL_KNOWN, '/jwks'])
  })
})

describe('rejects every request, and logs the reason', () => {
  const faults: Record<string, (at: Loopback, issuer: string) => void> = {
    'no metadata': () => {},
    'metadata of another issuer': (at) => void (at.answers[WELL_KNOWN] = metadata(at, 'https://id.example.com')),
    'metadata of nobody': (at) => void (at.answers[WELL_KNOWN] = { jwks_uri: `${at.url}/jwks` }),
    'metadata without keys': (at, issuer) => void (at.answers[WELL_KNOWN] = { issuer }),
    'keys where others can listen in': (at, issuer) => void (at.answers[WELL_KNOWN] = { issuer, jwks_uri: 'http://keys.example.com/jwks' }),
    'metadata elsewhere': (at, issuer) => {
      at.answers[WELL_KNOWN] = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()
      at.answers['/elsewhere'] = metadata(at, issuer)
    },
    'metadata that is no JSON': (at) => void (at.answers[WELL_KNOWN] = (_, response) => void response.end('<html>')),
    'metadata that never comes': (at) => void (at.answers[WELL_KNOWN] = hangs),
    'metadata that never ends': (at) => void (at.answers[WELL_KNOWN] = (_, response) => void response.write('{')),
    'keys that fail': (at, issuer) => {
      at.answers[WELL_KNOWN] = metadata(at, issuer)
      at.answers['/jwks'] = fails
    },
    'keys that never come': (at, issuer) => {
      at.answers[WELL_KNOWN] = metadata(at, issuer)
      at.answers['/jwks'] = hangs
    },
    'keys that are none': (at, issuer) => {
      at.answers[WELL_KNOWN] = metadata(at, issuer)
      at.answers['/jwks'] = { keys: 'none' }
    },
    'keys elsewhere': (at, issuer) => {
      at.answers[WELL_KNOWN] = { issuer, jwks_uri: `${at.url}/moved` }
      at.answers['/moved'] = (_, response) => void response.writeHead(302, { location: '/jwks' }).end()
    },
  }
  test.each(Object.entries(faults))('%s; once fixed, requests are accepted after 5 seconds, or after 30 for keys [A10] [case 11] [case A5]', async (fault, spoil) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { at, issuer, here, authorization, key } = await issuing(fault.includes('never') ? { timeout: 1000 } : {})
    spoil(at, issuer)
    const { retryAfter, ...rest } = await here.call(authorization)
    expect({ retryAfter, ...rest }).toMatchObject(UNAVAILABLE)
    expect(await here.call(authorization)).toMatchObject(UNAVAILABLE)
    expect(here.complaints()).toEqual([expect.stringContaining('A request could not be authenticated')])
    expect(JSON.stringify(here.log)).not.toContain('eyJ')

    at.answers['/jwks'] = at.answers['/moved'] = { keys: [key.jwk] }
    at.answers[WELL_KNOWN] = metadata(at, issuer)
    vi.setSystemTime(Date.now() + 1000 * Number(retryAfter))
    expect(await here.call(authorization)).toMatchObject({ status: 200 })
  })

  test('unavailable metadata is not requested for each token', async () => {
    const { at, here, authorization } = await issuing()
    for (let times = 0; times < 10; times++) expect(await here.call(authorization)).toMatchObject(UNAVAILABLE)
    expect(at.asked).toEqual([WELL_KNOWN, '/.well-known/openid-configuration'])
  })

  test('an unreachable issuer', async () => {
    const key = await newKey('one')
    const here = behind(bearer({ issuer: 'http://127.0.0.1:9', audience: AUDIENCE }))
    expect(await here.call(`Bearer ${await key.sign({ iss: 'http://127.0.0.1:9', aud: AUDIENCE })}`)).toMatchObject(UNAVAILABLE)
    expect(here.complaints()).toHaveLength(1)
  })
})

const forged = async (issuer: string, kid: string): Promise<string> => `Bearer ${await (await newKey(kid)).sign({ iss: issuer, aud: AUDIENCE })}`

describe('keys that cannot be fetched', () => {
  test('are requested once in 30 seconds, however many tokens arrive, and the failure is logged once [case A5]', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { at, issuer, here } = await issuing()
    at.answers[WELL_KNOWN] = metadata(at, issuer)
    at.answers['/jwks'] = fails
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => forged(issuer, `forged ${index}`)))
    for (const { status } of await Promise.all(tokens.map((token) => here.call(token)))) expect(status).toBe(503)
    for (const token of tokens) expect(await here.call(token)).toMatchObject(UNAVAILABLE)
    expect(at.asked).toEqual([WELL_KNOWN, '/jwks'])
    expect(here.complaints()).toHaveLength(1)
    vi.setSystemTime(Date.now() + 30_000)
    for (const token of tokens) expect(await here.call(token)).toMatchObject(UNAVAILABLE)
    expect(at.asked).toEqual([WELL_KNOWN, '/jwks', '/jwks'])
    expect(here.complaints()).toHaveLength(2)
  })

  test('do not affect tokens with a known key, and a new key works within 30 seconds [case A5]', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { at, issuer, here, key } = await issuing({ cacheTtl: 0 })
    at.answers[WELL_KNOWN] = metadata(at, issuer)
    const known = async (): Promise<string> => `Bearer ${await key.sign({ iss: issuer, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 600 })}`
    expect(await here.call(await known())).toMatchObject({ status: 200 })
    vi.setSystemTime(Date.now() + 60_000)
    at.answers['/jwks'] = fails
    expect(await here.call(await forged(issuer, 'unknown'))).toMatchObject(UNAVAILABLE) // It may be a new key.
    expect(await here.call(await known())).toMatchObject({ status: 200 })

    const two = await newKey('two')
    at.answers['/jwks'] = { keys: [key.jwk, two.jwk] }
    const renewed = `Bearer ${await two.sign({ iss: issuer, aud: AUDIENCE })}`
    expect(await here.call(renewed)).toMatchObject(UNAVAILABLE)
    vi.setSystemTime(Date.now() + 30_000)
    expect(await here.call(renewed)).toMatchObject({ status: 200 })
    expect(await here.call(await forged(issuer, 'unknown'))).toMatchObject(REFUSED)
    expect(at.asked).toEqual([WELL_KNOWN, '/jwks', '/jwks', '/jwks'])
    vi.setSystemTime(Date.now() + 601_000)
    at.answers['/jwks'] = fails
    expect(await here.call(await known())).toMatchObject(UNAVAILABLE) // Keys that are 10 minutes old may be withdrawn.
  })
})

test('a new key is fetched when a token names it, but not for each token with an unknown key', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { at, issuer, here, authorization } = await issuing()
  at.answers[WELL_KNOWN] = metadata(at, issuer)
  expect(await here.call(authorization)).toMatchObject({ status: 200 })

  const two = await newKey('two')
  const renewed = `Bearer ${await two.sign({ iss: issuer, aud: AUDIENCE })}`
  at.answers['/jwks'] = { keys: [two.jwk] }
  for (let times = 0; times < 3; times++) expect(await here.call(renewed)).toMatchObject(REFUSED) // Less than 30 seconds after the last time.
  expect(at.asked).toEqual([WELL_KNOWN, '/jwks'])
  vi.setSystemTime(Date.now() + 31_000)
  expect(await here.call(renewed)).toMatchObject({ status: 200 })
  expect(at.asked).toEqual([WELL_KNOWN, '/jwks', '/jwks'])
  expect(here.complaints()).toEqual([]) // Unknown keys are their senders' fault.
})

test('a withdrawn key works for 10 minutes at most', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { at, issuer, here, key } = await issuing({ cacheTtl: 0 })
  at.answers[WELL_KNOWN] = metadata(at, issuer)
  const authorization = `Bearer ${await key.sign({ iss: issuer, aud: AUDIENCE, exp: Math.floor(Date.now() / 1000) + 3600 })}`
  expect(await here.call(authorization)).toMatchObject({ status: 200 })
  at.answers['/jwks'] = { keys: [(await newKey('two')).jwk] }
  vi.setSystemTime(Date.now() + 601_000)
  expect(await here.call(authorization)).toMatchObject(REFUSED)
})

test('a cached token expires with the token', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { at, issuer, here, authorization } = await issuing()
  at.answers[WELL_KNOWN] = metadata(at, issuer)
  expect(await here.call(authorization)).toMatchObject({ status: 200 })
  vi.setSystemTime(Date.now() + 599_000)
  expect(await here.call(authorization)).toMatchObject({ status: 200 })
  vi.setSystemTime(Date.now() + 2000)
  expect(await here.call(authorization)).toMatchObject(REFUSED)
})

test('the URL of the keys can be set, which skips the metadata', async () => {
  const at = await loopback()
  const key = await newKey('one')
  at.answers['/keys'] = { keys: [key.jwk] }
  const here = behind(bearer({ issuer: 'https://id.example.com', keys: `${at.url}/keys`, audience: AUDIENCE }))
  expect(await here.call(`Bearer ${await key.sign({ iss: 'https://id.example.com', aud: AUDIENCE })}`)).toMatchObject({ status: 200 })
  expect(at.asked).toEqual(['/keys'])
  expect(() => bearer({ issuer: 'https://id.example.com', keys: 'http://id.example.com/keys', audience: AUDIENCE })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH' }))
})
