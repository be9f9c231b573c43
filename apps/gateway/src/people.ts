/** Who may use the application: people with a password for its pages, and with a key for their programs. */
import { createHash, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Nothing is kept that would let somebody in who reads it. */
export class People {
  readonly #passwords = new Map<string, { readonly salt: Buffer; readonly hash: Buffer }>()
  readonly #keys = new Map<string, string>()
  readonly #logins = new Map<string, string>()

  /** Gives the key for this person's programs. */
  add(name: string, password: string): string {
    const salt = randomBytes(16)
    const key = newSecret()
    this.#passwords.set(name, { salt, hash: scryptSync(password, salt, 32) })
    this.#keys.set(digest(key), name)
    return key
  }

  /** Gives what the browser is to keep; undefined for a wrong name or password. Not at once: that would hold up every stream. */
  async logIn(name: string, password: string): Promise<string | undefined> {
    const { salt, hash } = this.#passwords.get(name) ?? { salt: Buffer.alloc(16), hash: Buffer.alloc(32) } // As slow for a name that is not there.
    if (!timingSafeEqual(hash, await derive(password, salt, 32))) return undefined
    const login = newSecret()
    this.#logins.set(digest(login), name)
    return login
  }

  logOut(login: string): void {
    this.#logins.delete(digest(login))
  }

  byLogin(login: string): string | undefined {
    return this.#logins.get(digest(login))
  }

  byKey(key: string): string | undefined {
    return this.#keys.get(digest(key))
  }
}

const derive = promisify<string, Buffer, number, Buffer>(scrypt)
const newSecret = (): string => randomBytes(32).toString('base64url')
const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex')
