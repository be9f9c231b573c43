/** `staticKeys()`: keys that were handed out by hand, for servers without an authorization server. Not OAuth: clients must be told their key. */
import { GangwayError, type AuthInfo } from '@gangway/core'
import { bearerChallenge, HttpError, type Authenticate, type RequestHead } from '@gangway/core/web'
import { isToken, tokenOf } from './credentials.ts'

export interface StaticKey extends AuthInfo {
  /** At least 32 characters, made by a machine: `openssl rand -base64 32`. */
  readonly key: string
}

const MIN_LENGTH = 32

/** For the `authenticate` option: the key comes as a bearer token. How long a comparison takes tells nothing about any key. Throws `GANGWAY_E_AUTH`. */
export function staticKeys(keys: readonly StaticKey[]): Authenticate {
  for (const { key, subject } of keys) if (!isSound(key)) throw new GangwayError('GANGWAY_E_AUTH', `The key of ${subject} must have at least ${MIN_LENGTH} characters, letters, digits and -._~+/ alone: make one with openssl rand -base64 32`)
  const known = Promise.all(keys.map(async ({ key, ...auth }) => ({ digest: await digest(key), auth })))

  return async (request: RequestHead): Promise<AuthInfo | undefined> => {
    const token = tokenOf(request, () => bearerChallenge({ error: 'invalid_request' }))
    if (token === undefined) throw new HttpError(401, 'Say who you are: send your key as a bearer token', { headers: { 'www-authenticate': bearerChallenge({}) } })
    const given = await digest(token)
    let holder: AuthInfo | undefined
    for (const { digest: expected, auth } of await known) if (isEqual(given, expected)) holder = auth // All are compared, whichever it is.
    return holder
  }
}

/** Short keys can be guessed; others that it refuses could not be sent; and what comes from the environment may be missing. */
const isSound = (key: unknown): boolean => typeof key === 'string' && key.length >= MIN_LENGTH && isToken(key)

const digest = async (text: string): Promise<Uint8Array> => new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

const isEqual = (one: Uint8Array, other: Uint8Array): boolean => one.reduce((difference, byte, index) => difference | (byte ^ (other[index] ?? 0)), 0) === 0
