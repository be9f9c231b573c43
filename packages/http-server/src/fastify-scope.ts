/** Sets up the scope of an MCP endpoint in a Fastify application. Shared by the HTTP transports. */
import type { AuthInfo, ServerDefinition } from '@gangway/core'
import { logLimited, WaitGroup, withTimeout, loggable } from '@gangway/core/internal'
import { callerOf, corsHeaders, isHttpError, refusalOf, withHeaders, type ClientSource, type Load, type RequestGate, type RequestHead } from '@gangway/core/internal/http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sourceOf } from './client-source.ts'
import { lingerAfterRefusal } from './linger-after-refusal.ts'
import { headOf } from './node-head.ts'
import { isDisconnected, onReplyDone } from './pipelined-replies.ts'
import { readBody } from './read-body.ts'

/** Milliseconds for completed replies to be sent, after all requests in flight have finished. */
export const FLUSH_TIME = 1000

/** The graceful shutdown of each endpoint, by application. */
const endings = new WeakMap<object, (() => Promise<void>)[]>()

/** Opens the server when the application is ready, and closes it with the application, after the last reply. `drain` shuts down the endpoint's requests gracefully. */
export function bindLifecycle(app: FastifyInstance, server: ServerDefinition, drain: () => Promise<void>): void {
  let opened = false
  const replies = new WaitGroup()
  app.addHook('onReady', async () => {
    await server.open()
    opened = true
  })
  const over = (): void => replies.end()
  app.addHook('onRequest', (request, reply, done) => {
    replies.begin()
    onReplyDone(request.raw, reply.raw, over)
    done()
  })
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => (ended ??= drain().then(() => withTimeout(FLUSH_TIME, replies.none())))
  const all = endings.get(app.server) ?? []
  all.push(end)
  endings.set(app.server, all)
  // All endpoints shut down at once. Fastify runs hooks one after another, so the later endpoints would otherwise continue as if there were no shutdown.
  app.addHook('preClose', async () => void (await Promise.all(all.map((end) => end()))))
  app.addHook('onClose', async () => {
    if (opened) await server.close()
  })
}

export interface ScopeOptions {
  readonly gate: RequestGate
  /** Maximum bytes of a body. */
  readonly bodyLimit: number
  /** The load limits, which all scopes of an endpoint share. */
  readonly load: Load
  readonly parseBody: (bytes: Uint8Array) => unknown
  /** Runs before the body is read. Throws to reject a request for which there is no capacity. */
  readonly admit?: (head: RequestHead, source: ClientSource) => void
  /** Whether a request is served without authentication. */
  readonly isOpen?: (head: RequestHead) => boolean
  /** Whether the scope is served without authentication. The Host and the Origin are checked in any case. */
  readonly isPublic: boolean
}

/**
 * Adds host validation, authentication, body parsing and JSON-RPC error replies to a scope. The scope must be a separate one, because its parsers are removed.
 * Returns a function that returns the authenticated caller of a request.
 */
export function protectScope(app: FastifyInstance, { gate, bodyLimit, load, parseBody, isPublic, admit, isOpen }: ScopeOptions): (request: FastifyRequest) => AuthInfo | undefined {
  const senders = new WeakMap<FastifyRequest, AuthInfo>()
  app.addHook('onRequest', (request, reply, done) => {
    const head = headOf(request)
    gate.guard(head) // A page of another origin must not be able to send a body.
    const origin = head.header('origin')
    if (origin !== undefined) reply.headers(withHeaders((name) => reply.getHeader(name), corsHeaders(origin)))
    admit?.(head, sourceOf(request))
    done()
  })
  if (!isPublic && gate.authenticates) {
    // Authenticates after all onRequest hooks, so that a rate limit of the application also counts requests with wrong credentials.
    app.addHook('preParsing', async (request) => {
      const head = headOf(request)
      if (isOpen?.(head)) return
      const auth = await gate.identify(head)
      if (auth) senders.set(request, auth)
    })
  }
  app.removeAllContentTypeParsers()
  // `application/json` is listed because Fastify parses the content type of each request that only `*` matches.
  app.addContentTypeParser(['application/json', '*'], {}, (request, payload, done) => {
    const owner = (): string => callerOf(senders.get(request), sourceOf(request))
    readBody(payload, request.headers['content-length']?.toString(), { max: bodyLimit, all: load.bodies, owner }, (error, bytes) => {
      if (!bytes) return done(error as Error)
      let body: unknown
      try {
        body = parseBody(bytes)
      } catch (error) {
        return done(error as Error)
      }
      done(null, body)
    })
  })
  app.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = refusalOf(error)
    const isFailure = status >= 500 && !(isHttpError(error) && error.cause === undefined) // A 5xx `HttpError` without a cause is deliberate, so it is not logged.
    if (isFailure && isDisconnected(request.raw)) request.log.debug({ err: error }, 'The client closed the connection before the reply')
    else if (isFailure) logLimited(app.log, 'error', { reqId: request.id, err: loggable(error) }, 'A request could not be served')
    lingerAfterRefusal(request.raw)
    if (isHttpError(error) && !request.raw.complete) reply.removeHeader('connection') // Otherwise Fastify would close the connection at once.
    reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
    return reply.code(status).send(JSON.stringify(body)) // Sent as text, because serializers of the application must not change it.
  })
  return (request) => senders.get(request)
}
