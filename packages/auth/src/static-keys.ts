/** `staticKeys()`: keys that you generate and hand out, for servers without an authorization server. This is not OAuth: each client must be configured with its key. */
import { GangwayError, type AuthInfo } from '@gangway/core'
import { bearerChallenge, HttpError, type Authenticate, type RequestHead } from '@gangway/core/web'
import { isToken, tokenOf } from './credentials.ts'

export interface StaticKey extends Omit<AuthInfo, 'scopes'> {
  /** At least 32 random characters: `openssl rand -base64 32`. */
  readonly key: string
  /** @default none */
  readonly scopes?: readonly string[]
}

const MIN_LENGTH = 32

/** For the `authenticate` option: clients send the key as a bearer token. Keys are compared in constant time. Throws `GANGWAY_E_AUTH`. */
export function staticKeys(keys: readonly StaticKey[]): Authenticate {
  if (!Array.isArray(keys)) throw new GangwayError('GANGWAY_E_AUTH', "staticKeys() takes a list: write staticKeys([{ key: '…', subject: 'ci' }])")
  keys.forEach(checkKey)
  const known = Promise.all(keys.map(async ({ key, ...auth }) => ({ digest: await digest(key), auth: { scopes: [], ...auth } })))

  return async (request: RequestHead): Promise<AuthInfo | undefined> => {
    const token = tokenOf(request, () => bearerChallenge({ error: 'invalid_request' }))
    if (token === undefined) throw new HttpError(401, 'Authentication required: send your key as a bearer token', { headers: { 'www-authenticate': bearerChallenge({}) } })
    const given = await digest(token)
    let holder: AuthInfo | undefined
    for (const { digest: expected, auth } of await known) if (isEqual(given, expected)) holder = auth // Compares every key, so that the time does not tell which one matched.
    return holder
  }
}

/** Rejects keys that are short enough to guess, keys that a header cannot carry, and missing ones, such as an unset environment variable. */
function checkKey({ key, subject, scopes = [] }: Readonly<Partial<Record<keyof StaticKey, unknown>>>, index: number): void {
  if (typeof subject !== 'string' || subject === '') throw new GangwayError('GANGWAY_E_AUTH', `staticKeys: entry ${index} has no subject. Name the holder of the key, such as subject: 'ci'`)
  const fault = faultOf(key)
  if (fault) throw new GangwayError('GANGWAY_E_AUTH', `staticKeys: the key of ${subject} ${fault}. Make one with: openssl rand -base64 32`)
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) throw new GangwayError('GANGWAY_E_AUTH', `staticKeys: the scopes of ${subject} must be an array of strings, such as ['orders:read']`)
}

function faultOf(key: unknown): string | undefined {
  if (typeof key !== 'string' || key === '') return 'is missing. If it comes from an environment variable, set the variable'
  if (key.length < MIN_LENGTH) return `has ${key.length} characters, and needs at least ${MIN_LENGTH}`
  return isToken(key) ? undefined : 'has characters that cannot be sent as a bearer token. Use letters, digits and - . _ ~ + / only'
}

const digest = async (text: string): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

const isEqual = (one: Uint8Array, other: Uint8Array): boolean => one.reduce((difference, byte, index) => difference | (byte ^ (other[index] ?? 0)), 0) === 0
