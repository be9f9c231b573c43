/** The users of the application. Each has a password for the pages, and a key for programs. */
import { createHash, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Stores only hashes of passwords, keys and logins. */
export class People {
  readonly #passwords = new Map<string, { readonly salt: Buffer; readonly hash: Buffer }>()
  readonly #keys = new Map<string, string>()
  readonly #logins = new Map<string, string>()

  /** Returns the key for this person's programs. */
  add(name: string, password: string): string {
    const salt = randomBytes(16)
    const key = newSecret()
    this.#passwords.set(name, { salt, hash: scryptSync(password, salt, 32) })
    this.#keys.set(digest(key), name)
    return key
  }

  /** Returns the value of the login cookie, or undefined for a wrong name or password. Asynchronous, because hashing would block the event loop. */
  async logIn(name: string, password: string): Promise<string | undefined> {
    const { salt, hash } = this.#passwords.get(name) ?? { salt: Buffer.alloc(16), hash: Buffer.alloc(32) } // An unknown name takes the same time.
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
