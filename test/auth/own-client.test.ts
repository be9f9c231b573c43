/** Our own client against our own resource server: its token provider is asked again when a token will not do. */
import { connect } from '@gangway/core/client'
import { bearer } from '@gangway/auth'
import { httpClient as client } from '@gangway/transport-http/client'
import { http } from '@gangway/transport-http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { newServer } from '../harness/server.ts'

const ISSUER = 'https://id.example.com'
const AUDIENCE = 'https://api.example.com/mcp'

test.each(['2025-11-25', '2026-07-28'] as const)('in %s, an expired token is replaced and the call succeeds', async (revision) => {
  const keys = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] }
  const now = Math.floor(Date.now() / 1000)
  const tokenUntil = (expiry: number): Promise<string> => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).setIssuer(ISSUER).setAudience(AUDIENCE).setSubject('ada').setExpirationTime(expiry).sign(keys.privateKey)
  const server = newServer().tool('who', {}, (_, { auth }) => auth?.subject ?? 'nobody')
  const running = await server.serve(http({ port: 0, authenticate: bearer({ issuer: ISSUER, audience: AUDIENCE, keys: jwks as never, clockTolerance: 0 }) }))
  const given: string[] = []
  const token = async (): Promise<string> => {
    given.push(given.length === 0 ? 'stale' : 'good')
    return tokenUntil(given.length === 1 ? now - 60 : now + 60)
  }
  {
    await using one = await connect(client(running.url ?? '', { token }), { revision })
    expect(await one.callTool('who')).toMatchObject({ content: [{ text: 'ada' }] })
  }
  expect([given[0], new Set(given.slice(1))]).toEqual(['stale', new Set(['good'])])
  await expect(connect(client(running.url ?? '', { token: () => 'never.any.good' }), { revision })).rejects.toThrow(/401/)
  await running.close()
})
