/** Checks the Host, the Origin and the credentials of a request before its body is read. Used by every HTTP transport. */
import { isObject } from '../util/is-object.ts'
import type { RequestMessage } from '../jsonrpc/message.ts'
import { requireScopes } from '../methods/check-access.ts'
import { InsufficientScopeError } from '../protocol/mcp-errors.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import type { OptionNames } from '../util/check-options.ts'
import { isGranted } from '../definition/access.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { logLimited } from '../logging/limited-log.ts'
import { loggable } from '../logging/thrown-value.ts'
import { checkFunction } from './check-choice.ts'
import { bearerChallenge, type Challenge } from './challenge.ts'
import { createHostValidator, HOST_VALIDATION_OPTIONS, type HostValidator, type HostValidationOptions } from './host-validation.ts'
import { HttpError, isHttpError } from './http-error.ts'
import type { RequestHead } from './request-head.ts'

/** Returns the caller of a request. If it returns undefined or throws, the client gets 401. An `HttpError` that it throws is sent with its status and headers. */
export interface Authenticate {
  (request: RequestHead): Awaitable<AuthInfo | undefined>
  /** Returns the value of the WWW-Authenticate header. @default `Bearer`, with the error and the scopes */
  challenge?(challenge: Challenge): string
  /** Documents that are served without authentication. */
  readonly documents?: readonly PublicDocument[]
}

/** A JSON document, with its path relative to the root of the origin. */
export interface PublicDocument {
  readonly path: string
  readonly body: string
}

export interface GateOptions extends HostValidationOptions {
  /** Authenticates every request. A session belongs to the returned `subject`. @default everybody is let in, and nobody known */
  authenticate?: Authenticate
}

export const GATE_OPTIONS: OptionNames<GateOptions> = { ...HOST_VALIDATION_OPTIONS, authenticate: true }

export class RequestGate {
  readonly #guard: HostValidator
  readonly #authenticate: Authenticate | undefined
  readonly #server: ServerDefinition
  readonly #causes = new WeakSet<object>()

  /** Throws `GANGWAY_E_USAGE` if `authenticate`, `allowedHosts` or `allowedOrigins` is invalid. */
  constructor({ authenticate, ...guard }: GateOptions, server: ServerDefinition) {
    checkFunction('authenticate', authenticate)
    this.#guard = createHostValidator(guard)
    this.#authenticate = authenticate
    this.#server = server
    if (!authenticate && restricts(server)) server.logger.warn({}, "No authenticate option is set, so scopes and auth: 'required' routes are not enforced")
  }

  get authenticates(): boolean {
    return this.#authenticate !== undefined
  }

  get documents(): readonly PublicDocument[] {
    return this.#authenticate?.documents ?? []
  }

  /** Throws `HttpError` 403 if the Host or the Origin is not allowed, and 400 if there are several Host headers. */
  guard({ header, hosts = 0 }: RequestHead): void {
    if (hosts > 1) throw new HttpError(400, 'The request has several Host headers')
    const refusal = this.#guard(header('host'), header('origin'))
    if (refusal) throw new HttpError(403, refusal)
  }

  /**
   * Resolves with the caller. Returns undefined if the server does not authenticate requests.
   * Rejects with `HttpError` 401 if the credentials are missing or invalid, and 403 if the caller lacks a scope that every request needs.
   */
  identify(request: RequestHead): Promise<AuthInfo> | undefined {
    if (!this.#authenticate || request.method === 'OPTIONS') return undefined // Browsers send preflights without credentials.
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
      logLimited(this.#server.logger, 'warn', { err: loggable(error) }, 'A request could not be authenticated')
    }
    const sentToken = /^bearer /i.test(request.header('authorization') ?? '')
    throw new HttpError(401, 'Authentication required: the request has no valid credentials', { headers: { 'www-authenticate': this.#challenge(sentToken ? { error: 'invalid_token' } : {}) } })
  }

  /** Logs why the server could not authenticate a client. A cause that several requests share is logged once. The returned error has no cause, so that it is not logged again. */
  #logged(error: HttpError): HttpError {
    const { status, message, cause, headers, data } = error
    if (status < 500 || !isObject(cause)) return error
    if (!this.#causes.has(cause)) logLimited(this.#server.logger, 'warn', { status, err: loggable(cause) }, 'A request could not be authenticated')
    this.#causes.add(cause)
    return new HttpError(status, message, { headers, data })
  }

  /** Throws `HttpError` 403 with all needed scopes if the caller lacks a scope that one of the messages needs. Values that are not messages need no scopes. */
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

/**
 * Throws a `TypeError` for an invalid caller. If `scopes` were a string, every scope that is a part of it would seem to be granted.
 * Without a subject, all callers would share their sessions.
 */
function checkShape({ subject, scopes }: Readonly<Record<'subject' | 'scopes', unknown>>): void {
  if (typeof subject !== 'string' || subject === '') throw new TypeError('authenticate must return an object with a subject, a non-empty string')
  if (!Array.isArray(scopes)) throw new TypeError('authenticate must return scopes as an array of strings, which may be empty')
}
