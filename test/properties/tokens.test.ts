/** Random combinations of what can be wrong with a token: none gets to a handler, each gets its status and its challenge, and nothing of it gets into the log. */
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { bearer } from '@gangway/auth'
import type { Logger } from '@gangway/core'
import * as fc from 'fast-check'
import { base64url, exportSPKI, generateKeyPair, importJWK, type CryptoKey, type JWTPayload } from 'jose'
import { expect, test, vi } from 'vitest'
import { HTTP_HOSTS } from '../auth/hosts.ts'
import { AUDIENCE, ISSUER, newIssuer, seconds, type Issuer } from '../auth/issuer.ts'
import { modernHeaders } from '../harness/http-headers.ts'
import { modernText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

const SEED = 20_260_728

vi.setConfig({ testTimeout: 60_000 }) // Many exchanges in one test.

const BODY = modernText(1, 'tools/call', { name: 'write' })

/** Of each fault, the first one is none. Good ones are frequent, so that each fault is met alone, too. */
const FAULTS = fc.record({
  header: often('one token', 'none', 'another scheme', 'no token', 'two tokens', 'two headers', 'no token characters'),
  query: often('nothing', 'a good token'),
  signature: often('good', 'of another key', 'none', 'by the public key as a secret', 'by the JWKS as a secret', 'tampered with', 'missing', 'of an unknown key'),
  iss: often('good', 'of another', 'missing', 'a list'),
  aud: often('good', 'of another', 'missing', 'empty', 'a longer one'),
  exp: often('good', 'past', 'missing', 'a text'),
  nbf: often('none', 'past', 'future'),
  sub: often('good', 'missing', 'a number'),
  scope: often('all', 'too few for the tool', 'too few for anything', 'missing', 'a number'),
})
type Faults = typeof FAULTS extends fc.Arbitrary<infer T> ? T : never

function often<const T extends string>(none: T, ...faults: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(none) }, { weight: 1, arbitrary: fc.constantFrom(...faults) })
}

const NONE = undefined as never
const CLAIMS: { readonly [Name in 'iss' | 'aud' | 'exp' | 'nbf' | 'sub' | 'scope']: () => Readonly<Record<string, unknown>> } = {
  iss: () => ({ 'of another': 'https://evil.example.com', missing: NONE, 'a list': [ISSUER] }),
  aud: () => ({ 'of another': ['https://api.example.com', 'https://other.example.com/mcp'], missing: NONE, empty: [], 'a longer one': `${AUDIENCE}/admin` }),
  exp: () => ({ past: seconds(-1), missing: NONE, 'a text': '99999999999' }),
  nbf: () => ({ past: seconds(-60), future: seconds(60) }),
  sub: () => ({ missing: NONE, 'a number': 7 }),
  scope: () => ({ all: 'mcp write', 'too few for the tool': 'mcp', 'too few for anything': 'write', missing: NONE, 'a number': 7 }),
}

const secret = (value: string): Uint8Array => new TextEncoder().encode(value)

async function tokenWith(faults: Faults, issuer: Issuer, publicPem: string, other: CryptoKey): Promise<string> {
  const claims: JWTPayload = {}
  for (const [name, values] of Object.entries(CLAIMS)) {
    const found = values()
    const fault = faults[name as keyof typeof CLAIMS]
    if (fault in found) claims[name] = found[fault]
  }
  switch (faults.signature) {
    case 'of another key':
      return issuer.token(claims, { key: other })
    case 'of an unknown key':
      return issuer.token(claims, { key: other, kid: 'unknown' })
    case 'by the public key as a secret':
      return issuer.token(claims, { alg: 'HS256', key: secret(publicPem) })
    case 'by the JWKS as a secret':
      return issuer.token(claims, { alg: 'HS256', key: secret(JSON.stringify(issuer.jwks.keys[0])) })
  }
  const [head = '', payload = '', signature = ''] = (await issuer.token(claims)).split('.')
  if (faults.signature === 'none') return [base64url.encode('{"alg":"none","typ":"JWT"}'), payload, ''].join('.')
  if (faults.signature === 'missing') return [head, payload, ''].join('.')
  if (faults.signature === 'tampered with') return [head, base64url.encode(JSON.stringify({ ...JSON.parse(new TextDecoder().decode(base64url.decode(payload))), admin: true })), signature].join('.')
  return [head, payload, signature].join('.')
}

/** As the specification orders the checks. */
function expected(faults: Faults): { status: number; error?: string; scope: string } {
  const { header, signature, iss, aud, exp, nbf, sub, scope } = faults
  if (header === 'none' || header === 'another scheme') return { status: 401, scope: 'mcp' }
  if (header !== 'one token') return { status: 400, error: 'invalid_request', scope: 'mcp' }
  if ([signature, iss, aud, exp, sub].some((fault) => fault !== 'good') || nbf === 'future') return { status: 401, error: 'invalid_token', scope: 'mcp' }
  if (scope === 'all') return { status: 200, scope: '' }
  return { status: 403, error: 'insufficient_scope', scope: scope === 'too few for the tool' ? 'mcp write' : 'mcp' }
}

const linesOf = (header: Faults['header'], token: string, good: string): string[] =>
  ({
    'one token': [`Bearer ${token}`],
    none: [],
    'another scheme': [`Basic ${token}`],
    'no token': ['Bearer'],
    'two tokens': [`Bearer ${token} ${good}`],
    'two headers': [`Bearer ${good}`, `Bearer ${token}`],
    'no token characters': [`Bearer ${token}"`],
  })[header]

/** Over a socket, where nothing puts a request in order. */
async function exchangeRaw(url: URL, query: string, authorizations: readonly string[]): Promise<{ status: number; challenge: string | undefined }> {
  const socket = connect(Number(url.port), url.hostname)
  const headers = Object.entries(modernHeaders(BODY)).map(([name, value]) => `${name}: ${String(value)}`)
  const lines = [`POST ${url.pathname}${query} HTTP/1.1`, `host: ${url.host}`, 'connection: close', `content-length: ${Buffer.byteLength(BODY)}`, ...headers, ...authorizations.map((value) => `Authorization: ${value}`)]
  socket.write(`${lines.join('\r\n')}\r\n\r\n${BODY}`)
  const reply = await text(socket)
  return { status: Number(reply.slice(9, 12)), challenge: /^www-authenticate: (.*)\r$/im.exec(reply)?.[1] }
}

test('a token with any defect is rejected, and the reason is reported [A2] [A5] [A6]', async () => {
  const issuer = await newIssuer()
  const publicPem = await exportSPKI((await importJWK(issuer.jwks.keys[0] ?? {}, 'ES256')) as CryptoKey)
  const { privateKey: other } = await generateKeyPair('ES256')
  let calls = 0
  const log: unknown[] = []
  const keep = (...line: unknown[]): void => void log.push(line)
  const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep }
  const server = newServer({ logger }).tool('write', { scopes: ['write'] }, () => `${++calls}`)
  const url = new URL((await HTTP_HOSTS['http()']?.(server, bearer({ issuer: ISSUER, audience: AUDIENCE, keys: issuer.jwks, scopes: ['mcp'] }))) ?? '')
  log.length = 0

  await fc.assert(
    fc.asyncProperty(FAULTS, async (faults) => {
      const before = calls
      const good = await issuer.token({ scope: 'mcp write' })
      const token = await tokenWith(faults, issuer, publicPem, other)
      const { status, error, scope } = expected(faults)
      const reply = await exchangeRaw(url, faults.query === 'nothing' ? '' : `?access_token=${good}`, linesOf(faults.header, token, good))
      expect(reply.status).toBe(status)
      expect(calls - before).toBe(status === 200 ? 1 : 0)
      if (status === 200) return
      expect(reply.challenge).toMatch(/^Bearer (\w+="[^"\\]*"(, |$))+$/)
      const { error_description: _, ...challenge } = Object.fromEntries([...(reply.challenge ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]))
      expect(challenge).toEqual({ ...(error !== undefined && { error }), resource_metadata: 'https://api.example.com/.well-known/oauth-protected-resource/mcp', scope })
    }),
    { seed: SEED, numRuns: 400 },
  )

  expect(calls).toBeGreaterThan(0)
  const logged = JSON.stringify(log)
  expect(logged).toContain('Answered')
  expect(logged).not.toMatch(/eyJ|access_token/)
  expect(logged).not.toContain('could not be authenticated') // That is for the operator's own faults.
})
