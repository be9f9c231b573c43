/** What every HTTP door asks of a request before it reads its body: where it comes from, and who sends it. */
import { isObject } from '../jsonrpc/is-object.ts'
import { RateLimiter } from '../jsonrpc/rate-limiter.ts'
import type { RequestMessage } from '../jsonrpc/message.ts'
import { requireScopes } from '../methods/access.ts'
import { InsufficientScopeError } from '../protocol/errors.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { OptionNames } from '../option-names.ts'
import { isGranted } from '../server/access.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'
import type { ServerDefinition } from '../server/definition.ts'
import { loggable } from '../server/thrown.ts'
import { checkFunction } from './check-options.ts'
import { bearerChallenge, type Challenge } from './challenge.ts'
import { createGuard, GUARD_OPTIONS, type Guard, type GuardOptions } from './guard.ts'
import { HttpError, isHttpError } from './http-error.ts'
import type { RequestHead } from './request-head.ts'

/** Returns who sends the request. The client gets 401 for undefined and for anything thrown; for an `HttpError`, its status and headers. */
export interface Authenticate {
  (request: RequestHead): Awaitable<AuthInfo | undefined>
  /** What WWW-Authenticate says. @default `Bearer`, with the error and the scopes */
  challenge?(challenge: Challenge): string
  /** Served to everybody. */
  readonly documents?: readonly PublicDocument[]
}

/** A JSON document at a path of its own, counted from the root of the origin. */
export interface PublicDocument {
  readonly path: string
  readonly body: string
}

export interface GateOptions extends GuardOptions {
  /** Asked for every request. Sessions belong to the `subject` that it names. @default everybody is let in, and nobody known */
  authenticate?: Authenticate
}

export const GATE_OPTIONS: OptionNames<GateOptions> = { ...GUARD_OPTIONS, authenticate: true }

export class Gate {
  readonly #guard: Guard
  readonly #authenticate: Authenticate | undefined
  readonly #server: ServerDefinition
  /** Of failures that are logged as warnings: 20 at once, then one a second. */
  readonly #failures = new RateLimiter(20, 1)
  readonly #causes = new WeakSet<object>()

  /** Throws `GANGWAY_E_USAGE`. */
  constructor({ authenticate, ...guard }: GateOptions, server: ServerDefinition) {
    checkFunction('authenticate', authenticate)
    this.#guard = createGuard(guard)
    this.#authenticate = authenticate
    this.#server = server
    if (!authenticate && restricts(server)) server.logger.warn({}, 'Nobody is asked who they are, so neither scopes nor required routes keep anybody out: set authenticate')
  }

  get authenticates(): boolean {
    return this.#authenticate !== undefined
  }

  get documents(): readonly PublicDocument[] {
    return this.#authenticate?.documents ?? []
  }

  /** Throws `HttpError` 403 for a Host or an Origin that is not one of ours, whoever asks, and 400 for more than one Host. */
  guard({ header, hosts = 0 }: RequestHead): void {
    if (hosts > 1) throw new HttpError(400, 'A request has one Host header, not several')
    const refusal = this.#guard(header('host'), header('origin'))
    if (refusal) throw new HttpError(403, refusal)
  }

  /** Undefined where nobody is asked. Rejects with `HttpError` 401 where nobody is known, and 403 for somebody who has not been granted what the server asks of everybody. */
  identify(request: RequestHead): Promise<AuthInfo> | undefined {
    if (!this.#authenticate || request.method === 'OPTIONS') return undefined // A preflight has no credentials.
    return this.#identified(this.#authenticate, request)
  }

  async #identified(authenticate: Authenticate, request: RequestHead): Promise<AuthInfo> {
    const auth = await this.#sender(authenticate, request)
    const { scopes } = this.#server.access
    if (!isGranted(auth, scopes)) throw this.#forbidden(new InsufficientScopeError(scopes))
    return auth
  }

  async #sender(authenticate: Authenticate, request: RequestHead): Promise<AuthInfo> {
    try {
      const auth = await authenticate(request)
      if (auth) checkShape(auth)
      if (auth && (auth.expiresAt ?? Number.POSITIVE_INFINITY) > Date.now()) return auth
    } catch (error) {
      if (isHttpError(error)) throw this.#logged(error)
      const level = this.#failures.take() ? 'warn' : 'debug' // Anybody can make it throw.
      this.#server.logger[level]({ err: loggable(error) }, 'A request could not be authenticated')
    }
    const sentToken = /^bearer /i.test(request.header('authorization') ?? '')
    throw new HttpError(401, 'Say who you are: the request has no valid credentials', { headers: { 'www-authenticate': this.#challenge(sentToken ? { error: 'invalid_token' } : {}) } })
  }

  /** Logs why the server cannot authenticate the client; a cause that many requests share, once. What is thrown then has no cause, so that no one logs it again. */
  #logged(error: HttpError): HttpError {
    const { status, message, cause, headers, data } = error
    if (status < 500 || !isObject(cause)) return error
    if (!this.#causes.has(cause)) this.#server.logger.warn({ status, err: cause }, 'A request could not be authenticated')
    this.#causes.add(cause)
    return new HttpError(status, message, { headers, data })
  }

  /** Throws `HttpError` 403 for messages whose sender has not been granted what they need, with all of that. What is no request needs nothing. */
  authorize(messages: readonly unknown[], auth: AuthInfo | undefined): void {
    if (!auth) return
    try {
      requireScopes(this.#server, messages.filter((message) => isObject(message) && 'method' in message) as unknown as RequestMessage[], auth)
    } catch (error) {
      throw error instanceof InsufficientScopeError ? this.#forbidden(error) : error
    }
  }

  #forbidden({ message, data, scopes }: InsufficientScopeError): HttpError {
    return new HttpError(403, message, { data, headers: { 'www-authenticate': this.#challenge({ error: 'insufficient_scope', scopes }) } })
  }

  #challenge(challenge: Challenge): string {
    return this.#authenticate?.challenge?.(challenge) ?? bearerChallenge(challenge)
  }
}

const restricts = ({ access, routes }: ServerDefinition): boolean => access.scoped || routes.some(({ auth }) => auth === 'required')

/** A string would seem to hold each scope that is a part of it, and all who have no name would share what is theirs. Throws `TypeError`. */
function checkShape({ subject, scopes }: Readonly<Record<'subject' | 'scopes', unknown>>): void {
  if (typeof subject !== 'string' || subject === '') throw new TypeError('What authenticate returns must have a subject, a string that is not empty: sessions belong to it')
  if (!Array.isArray(scopes)) throw new TypeError('What authenticate returns must have scopes, an array of strings: an empty one, if there are none')
}
