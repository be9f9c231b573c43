/** Verifiers of one's own, and static keys: whatever they do, nobody gets in whom they do not name. How long a comparison takes is nothing that a test can show. */
import type { AuthInfo } from '@gangway/core'
import { describe, expect, test, vi } from 'vitest'
import { InvalidTokenError, IssuerUnavailableError, staticKeys, tokens, type TokensOptions, type Verify } from '../src/index.ts'
import { behind } from './server.ts'

const ADA: AuthInfo = { subject: 'ada', scopes: ['mcp'] }
const by = (verify: Verify, options: Partial<TokensOptions> = {}) => behind(tokens({ audience: 'https://api.example.com/mcp', authorizationServers: ['https://id.example.com'], verify, ...options }))
const REFUSED = { status: 401, challenge: expect.stringContaining('error="invalid_token"'), who: undefined }

describe('a verifier that', () => {
  test.each<[string, Verify, number]>([
    ['returns nothing', () => undefined, 0],
    ['throws', () => { throw new Error('no database') }, 1],
    ['rejects', async () => { throw new TypeError('no database') }, 1],
    ['throws a value that is not an error', () => { throw 'no' }, 1], // oxlint-disable-line no-throw-literal
    ['names one whose time is over', () => ({ ...ADA, expiresAt: Date.now() }), 0],
    ['knows no time', () => ({ ...ADA, expiresAt: Number.NaN }), 0],
  ])('%s rejects every request', async (_, verify, complaints) => {
    const here = by(verify)
    expect(await here.call('Bearer opaque-and-secret')).toMatchObject(REFUSED)
    expect(here.complaints()).toHaveLength(complaints)
    expect(JSON.stringify(here.log)).not.toContain('opaque-and-secret')
  })

  test.each([[undefined, '5'], [0, '1'], [2.5, '3']])('throws IssuerUnavailableError gives 503, so that the client keeps its token and retries (retryAfter %s) [case 11]', async (retryAfter, header) => {
    const here = by(() => { throw new IssuerUnavailableError('no database at db.internal', { ...(retryAfter !== undefined && { retryAfter }) }) })
    const reply = await here.call('Bearer opaque-and-secret')
    expect(reply).toMatchObject({ status: 503, retryAfter: header, reason: 'issuer_unavailable', challenge: undefined })
    expect(here.complaints()).toEqual([expect.stringContaining('db.internal')])
    expect(JSON.stringify([reply, here.log])).not.toContain('opaque-and-secret')
  })

  test('returns no scopes rejects every request that needs some', async () => {
    const here = by(() => ({ subject: 'ada' }) as AuthInfo, { scopes: ['mcp'] })
    expect(await here.call('Bearer opaque')).toMatchObject(REFUSED)
  })

  test.each<[string, string, Verify]>([
    ['names one whose time is over', 'The token has expired', () => ({ ...ADA, expiresAt: Date.now() })],
    ['says why', 'The token was revoked', () => { throw new InvalidTokenError('The token was revoked') }],
  ])('%s is reported to the client', async (_, reason, verify) => {
    const here = by(verify)
    expect(await here.call('Bearer opaque')).toMatchObject({ ...REFUSED, challenge: expect.stringContaining(`error_description="${reason}"`) })
    expect(here.complaints()).toEqual([])
  })

  test('is called for tokens only, with the head of the request', async () => {
    const verify = vi.fn<Verify>(() => ADA)
    const here = by(verify)
    for (const authorization of [undefined, '', 'Basic YTpi', 'Bearer', 'Bearer a b']) await here.call(authorization)
    expect(verify).not.toHaveBeenCalled()
    expect(await here.call('Bearer opaque')).toMatchObject({ status: 200, who: ADA })
    expect(verify).toHaveBeenCalledExactlyOnceWith('opaque', expect.objectContaining({ method: 'POST', url: '/mcp' }))
  })
})

test('your own function is enough, and also fails closed', async () => {
  const here = behind(({ header }) => ({ one: ADA, over: { ...ADA, expiresAt: Date.now() - 1 } })[header('authorization') ?? ''])
  expect(await here.call('one')).toMatchObject({ status: 200 })
  expect(await here.call('over')).toMatchObject({ status: 401, challenge: 'Bearer' })
  expect(await here.call('two')).toMatchObject({ status: 401, challenge: 'Bearer' })
  expect(await here.call()).toMatchObject({ status: 401, challenge: 'Bearer' })
  expect(await here.call('Bearer x')).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' })
})

describe('static keys', () => {
  const key = 'k'.repeat(32)
  const here = () => behind(staticKeys([{ key: 'j'.repeat(40), subject: 'bob', scopes: [] }, { key, ...ADA }, { key: 'o'.repeat(32), subject: 'old', scopes: [], expiresAt: Date.now() - 1 }]))

  test('accept the complete, unchanged key', async () => {
    const { call } = here()
    expect(await call(`Bearer ${key}`)).toMatchObject({ status: 200, who: ADA })
    expect(await call(`Bearer ${'j'.repeat(40)}`)).toMatchObject({ status: 200, who: { subject: 'bob' } })
    for (const wrong of [key.slice(1), `${key}k`, key.toUpperCase(), 'j'.repeat(32), 'o'.repeat(32)]) expect(await call(`Bearer ${wrong}`)).toMatchObject({ status: 401, challenge: 'Bearer error="invalid_token"' })
    expect(await call()).toMatchObject({ status: 401, challenge: 'Bearer' })
    expect(await call(`Bearer ${key} ${key}`)).toMatchObject({ status: 400, challenge: 'Bearer error="invalid_request"' })
  })

  test('are not passed to handlers, nor logged', async () => {
    const { call, log } = here()
    expect(JSON.stringify(await call(`Bearer ${key}`))).not.toContain(key)
    await call(`Bearer ${key}wrong`)
    expect(JSON.stringify(log)).not.toContain(key)
  })

  test.each([
    ['too short', 'k'.repeat(20), '20 characters'],
    ['with a space', `${'k'.repeat(32)} k`, 'bearer token'],
    ['with a quote', `${'k'.repeat(32)}"`, 'bearer token'],
    ['from a variable that is not set', undefined as never, 'variable'],
    ['from a variable that is empty', '', 'variable'],
  ])('must be unguessable and valid in a header: a key %s is rejected, with the command that creates one [case 42]', (_, unsound, fault) => {
    const make = (): unknown => staticKeys([{ key: unsound, ...ADA }])
    expect(make).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH', message: expect.stringMatching(/ada.*openssl rand -base64 32/) }))
    expect(make).toThrow(fault)
    if (unsound) expect(make).not.toThrow(unsound)
  })

  test('have no scopes by default [case 42]', async () => {
    const here = behind(staticKeys([{ key, subject: 'ci' }]))
    expect(await here.call(`Bearer ${key}`)).toMatchObject({ status: 200, who: { subject: 'ci', scopes: [] } })
  })

  test.each([
    ['a holder', { key }, 'subject'],
    ['a holder with a name', { key, subject: '' }, 'subject'],
    ['scopes in a list', { key, subject: 'ci', scopes: 'orders:read' }, 'scopes of ci'],
    ['scopes that are texts', { key, subject: 'ci', scopes: [7] }, 'scopes of ci'],
  ])('need %s [case 42]', (_, entry, named) => {
    expect(() => staticKeys([entry as never])).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH', message: expect.stringContaining(named) }))
  })

  test('[case 42] scopes that are not an array are rejected with an example', () => {
    expect(() => staticKeys({ [key]: ADA } as never)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH', message: expect.stringContaining('staticKeys([') }))
  })
})

test.each([[[]], [['http://id.example.com']], [['https://id.example.com', 'id']]])('an authorization server is required, over https or loopback: not %j [A3] [A10]', (authorizationServers) => {
  expect(() => tokens({ audience: 'https://api.example.com/mcp', authorizationServers, verify: () => ADA })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_AUTH', message: expect.stringContaining('authorization server') }))
})
