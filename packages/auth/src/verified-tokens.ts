/** Caches the holders of verified tokens, and shares a verification among concurrent requests. The cache is in memory only, bounded in number and in time. */
import type { AuthInfo } from '@gangway/core'
import { BoundedMap } from '@gangway/core/internal'
import { IssuerUnavailableError } from './unavailable.ts'

/** Verifications at the same time. Further tokens get 503, so that a slow issuer does not hold an unlimited number of requests. */
const MAX_RUNNING = 1000

export class VerifiedTokens {
  readonly #lifetime: number
  readonly #kept: BoundedMap<string, { readonly auth: AuthInfo; readonly until: number }>
  readonly #running = new Map<string, Promise<AuthInfo>>()

  /** `lifetime` in milliseconds. Tokens that expire earlier leave the cache earlier. */
  constructor({ max = 10_000, lifetime }: { max?: number; lifetime: number }) {
    this.#kept = new BoundedMap(max)
    this.#lifetime = lifetime
  }

  /** Resolves with the same object for the same token while it is cached. Rejects with `IssuerUnavailableError` if 1,000 other tokens are being verified. */
  getOrVerify(token: string, verify: (token: string) => Promise<AuthInfo>): Promise<AuthInfo> {
    const kept = this.#kept.get(token)
    if (kept && kept.until > Date.now()) return Promise.resolve(kept.auth)
    const running = this.#running.get(token)
    if (running) return running
    if (this.#running.size >= MAX_RUNNING) return Promise.reject(new IssuerUnavailableError(`${MAX_RUNNING} tokens are being verified at the same time`, { retryAfter: 1 }))
    const verified = this.#verify(token, verify)
    this.#running.set(token, verified)
    return verified
  }

  async #verify(token: string, verify: (token: string) => Promise<AuthInfo>): Promise<AuthInfo> {
    try {
      const auth = await verify(token)
      this.#keep(token, auth)
      return auth
    } finally {
      this.#running.delete(token)
    }
  }

  #keep(token: string, auth: AuthInfo): void {
    if (this.#lifetime <= 0) return
    this.#kept.set(token, { auth, until: Math.min(auth.expiresAt ?? Number.POSITIVE_INFINITY, Date.now() + this.#lifetime) })
  }
}
