/** An MCP endpoint's scope in a Fastify application, as far as it is the same for every HTTP transport. */
import { atMost } from '../jsonrpc/delay.ts'
import { UnderWay } from '../jsonrpc/under-way.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import type { ServerDefinition } from '../server/definition.ts'
import type { BodyBudget, BodyReservation } from './body-budget.ts'
import { corsHeaders } from './cors.ts'
import type { Gate } from './gate.ts'
import type { HostApp, HostRequest } from './host-app.ts'
import { isHttpError, refusalOf } from './http-error.ts'
import { linger } from './linger.ts'
import { withHeaders } from './merge-headers.ts'
import { headOf, type RequestHead } from './request-head.ts'
import { hasLeft, onReplyOver } from './waiting-replies.ts'

/** Milliseconds that replies which are complete get to leave, once nothing is in flight any more. */
export const FLUSH_TIME = 1000

/** What ends in good order what is being served, for each endpoint of an application. */
const endings = new WeakMap<object, (() => Promise<void>)[]>()

/** The server opens with the application and closes with it, after the last reply. `drain` ends in good order what is being served. */
export function followLife(app: HostApp, server: ServerDefinition, drain: () => Promise<void>): void {
  let opened = false
  const replies = new UnderWay()
  app.addHook('onReady', async () => {
    await server.open()
    opened = true
  })
  const over = (): void => replies.end()
  app.addHook('onRequest', (request, reply, done) => {
    replies.begin()
    onReplyOver(request.raw, reply.raw, over)
    done()
  })
  let ended: Promise<void> | undefined
  const end = (): Promise<void> => (ended ??= drain().then(() => atMost(FLUSH_TIME, replies.none())))
  const all = endings.get(app.server) ?? []
  all.push(end)
  endings.set(app.server, all)
  // All at once: Fastify waits for one hook before it runs the next, and meanwhile the others would go on as if nothing were ending.
  app.addHook('preClose', async () => void (await Promise.all(all.map((end) => end()))))
  app.addHook('onClose', async () => {
    if (opened) await server.close()
  })
}

export interface ScopeOptions {
  readonly gate: Gate
  /** The longest body that is accepted, in bytes. */
  readonly maxBody: number
  /** Shared by the scopes of one endpoint. */
  readonly bodies: BodyBudget
  readonly parseBody: (bytes: Uint8Array) => unknown
  /** Refuses, before the body is read, what there is no room for. */
  readonly admit?: (head: RequestHead, source: HostRequest['raw']) => void
  /** Requests that are served without authentication. */
  readonly isOpen?: (head: RequestHead) => boolean
  /** Whether anybody may come in who passes the guard. */
  readonly isPublic: boolean
}

const reservations = new WeakMap<object, BodyReservation>()

/** What the body of a request holds of the budget; undefined for small ones. */
export const reservationOf = (request: object): BodyReservation | undefined => reservations.get(request)

/** Lets in who may come in, and answers errors as JSON-RPC wants it. Must be given a scope of its own. Gives the way to find out who sent a request. */
export function guardScope(app: HostApp, { gate, maxBody, bodies, parseBody, isPublic, admit, isOpen }: ScopeOptions): (request: HostRequest) => AuthInfo | undefined {
  const senders = new WeakMap<HostRequest, AuthInfo>()
  app.addHook('onRequest', (request, reply, done) => {
    const head = headOf(request)
    gate.guard(head) // A page of elsewhere does not get to send its body.
    const origin = head.header('origin')
    if (origin !== undefined) reply.headers(withHeaders((name) => reply.getHeader(name), corsHeaders(origin)))
    admit?.(head, request.raw)
    const reservation = bodies.reserve(head.method, head.header('content-length'), maxBody)
    if (reservation) {
      reservations.set(request, reservation)
      onReplyOver(request.raw, reply.raw, reservation.release)
    }
    done()
  })
  if (!isPublic && gate.authenticates) {
    // After every onRequest hook, that of a rate limit among them: whoever guesses at credentials is to be counted.
    app.addHook('preParsing', async (request) => {
      const head = headOf(request)
      if (isOpen?.(head)) return
      const auth = await gate.identify(head)
      if (auth) senders.set(request, auth)
    })
  }
  app.removeAllContentTypeParsers()
  // By its name as well: for one that it does not know, Fastify takes each request's type apart.
  app.addContentTypeParser(['application/json', '*'], { parseAs: 'buffer', bodyLimit: maxBody }, (request, body, done) => {
    reservations.get(request)?.shrink(body.length)
    done(null, parseBody(body))
  })
  app.setErrorHandler((error, request, reply) => {
    const { status, headers, body } = refusalOf(error)
    const isFailure = status >= 500 && !(isHttpError(error) && error.cause === undefined) // Without a cause, the status is deliberate.
    if (isFailure && hasLeft(request.raw)) request.log.debug({ err: error }, 'The client closed the connection before the reply')
    else if (isFailure) request.log.error(error)
    linger(request.raw)
    if (status === 413) reply.removeHeader('connection') // Fastify would close it at once.
    reply.headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
    return reply.code(status).send(JSON.stringify(body)) // As text: what an application does to its own objects is not for these.
  })
  return (request) => senders.get(request)
}
