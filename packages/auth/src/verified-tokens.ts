/** Remembers who holds a token, so that it is verified once; bounded in number and in time. In memory alone. */
import type { AuthInfo } from '@gangway/core'

export class VerifiedTokens {
  readonly #max: number
  readonly #lifetime: number
  readonly #kept = new Map<string, { readonly auth: AuthInfo; readonly until: number }>()

  /** `lifetime` in milliseconds, for tokens that are good for longer. */
  constructor({ max = 10_000, lifetime }: { max?: number; lifetime: number }) {
    this.#max = max
    this.#lifetime = lifetime
  }

  /** Always the same object for the same token. */
  async getOrVerify(token: string, verify: (token: string) => Promise<AuthInfo>): Promise<AuthInfo> {
    const kept = this.#kept.get(token)
    if (kept && kept.until > Date.now()) return kept.auth
    this.#kept.delete(token)
    const auth = await verify(token)
    this.#keep(token, auth)
    return auth
  }

  #keep(token: string, auth: AuthInfo): void {
    if (this.#lifetime <= 0) return
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= this.#max && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(token, { auth, until: Math.min(auth.expiresAt ?? Number.POSITIVE_INFINITY, Date.now() + this.#lifetime) })
  }
}
