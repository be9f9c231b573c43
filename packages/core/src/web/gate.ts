/** What every HTTP door asks of a request before it reads its body: where it comes from, and who sends it. */
import type { AuthInfo } from '../protocol/types/base.ts'
import type { Awaitable } from '../server/awaitable.ts'
import type { Logger } from '../server/logger.ts'
import { createGuard, type Guard, type GuardOptions } from './guard.ts'
import { HttpError, isHttpError } from './http-error.ts'
import type { RequestHead } from './request-head.ts'

/** Who sends the request. Nobody (undefined), or a throw, is answered with 401; an `HttpError` that it throws, with that one's status and headers. */
export type Authenticate = (request: RequestHead) => Awaitable<AuthInfo | undefined>

export interface GateOptions extends GuardOptions {
  /** Asked for every request. Sessions belong to the `subject` that it names. @default everybody is let in, and nobody known */
  authenticate?: Authenticate
}

export class Gate {
  readonly #guard: Guard
  readonly #authenticate: Authenticate | undefined
  readonly #logger: Logger

  constructor({ authenticate, ...guard }: GateOptions, logger: Logger) {
    this.#guard = createGuard(guard)
    this.#authenticate = authenticate
    this.#logger = logger
  }

  get authenticates(): boolean {
    return this.#authenticate !== undefined
  }

  /** Throws `HttpError` 403 for a Host or an Origin that is not one of ours, whoever asks, and 400 for more than one Host. */
  guard({ header, hosts = 0 }: RequestHead): void {
    if (hosts > 1) throw new HttpError(400, 'A request has one Host header, not several')
    const refusal = this.#guard(header('host'), header('origin'))
    if (refusal) throw new HttpError(403, refusal)
  }

  /** Throws `HttpError` 401 where nobody is known. */
  async identify(request: RequestHead): Promise<AuthInfo | undefined> {
    if (!this.#authenticate || request.method === 'OPTIONS') return undefined // A preflight has no credentials.
    try {
      const auth = await this.#authenticate(request)
      if (auth && typeof auth.subject !== 'string') throw new TypeError('What authenticate returns must have a subject, a text: sessions belong to it')
      if (auth) return auth
    } catch (error) {
      if (isHttpError(error)) throw error
      this.#logger.warn({ err: error }, 'A request could not be authenticated')
    }
    throw new HttpError(401, 'Say who you are: the request has no valid credentials', { headers: { 'www-authenticate': 'Bearer' } })
  }
}
