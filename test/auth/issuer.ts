/** An authorization server as far as its tokens go: it has keys, and signs what it is told to. */
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JSONWebKeySet, type JWTPayload } from 'jose'

export const ISSUER = 'https://id.example.com'
export const AUDIENCE = 'https://api.example.com/mcp'

export interface TokenOptions {
  alg?: string
  kid?: string
  key?: CryptoKey | Uint8Array
}

export interface Issuer {
  readonly jwks: JSONWebKeySet
  /** One that is good, but for the claims that are given. */
  token(claims?: JWTPayload, options?: TokenOptions): Promise<string>
}

export const seconds = (fromNow: number): number => Math.floor(Date.now() / 1000) + fromNow

export async function newIssuer({ url = ISSUER, kid = 'first' }: { url?: string; kid?: string } = {}): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  return {
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }] },
    token: (claims = {}, { alg = 'ES256', kid: named = kid, key = privateKey } = {}) =>
      new SignJWT({ iss: url, aud: AUDIENCE, sub: 'ada', scope: 'mcp', exp: seconds(60), ...claims }).setProtectedHeader({ alg, kid: named }).sign(key),
  }
}
