/** @gangway/transport-http/fetch: the endpoint as a web-standard handler for Workers, Bun, Deno, Next, Hono and other hosts with `Request` and `Response`. */
import { GangwayError, type AuthInfo, type ServerDefinition } from '@gangway/core'
import { BODY_LIMIT, checkNumber, checkOptions, checkServer, logLimited, isRpcError, loggable, type OptionNames } from '@gangway/core/internal'
import { callerOf, allowed, checkPath, checkRoutePaths, checkRoutes, chooseRoute, collectBody, corsHeaders, decodeBody, documentAt, EventStream, HttpError, isEndpointPath, isOwnPath, isBrowserVisit, preflightHeaders, refusalOf, routesAt, runRoute, withResponse, type BodyBounds, type RequestHead } from '@gangway/core/internal/http'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './open-on-first-request.ts'
import { jsonReply } from './replies.ts'

export interface FetchOptions extends EndpointOptions {
  /** Host names that clients may use to reach the server, or 'any'. Required, because the handler cannot know the address that the host listens on. */
  allowedHosts: readonly string[] | 'any'
  /** Path of the endpoint, with or without a trailing slash. Other paths get 404. @default wherever the host sends requests from, but for custom routes */
  path?: string
  /** Maximum body size in bytes. @default 4 MiB */
  bodyLimit?: number
}

const OPTIONS: OptionNames<FetchOptions> = { ...ENDPOINT_OPTIONS, path: true, bodyLimit: true }

export interface FetchHandler {
  (request: Request): Promise<Response>
  stats(): EndpointStats
  /** Waits up to the drain time for calls in flight, aborts the rest, and closes the server. A second call aborts immediately. */
  close(): Promise<void>
}

/**
 * Serves the endpoint and the server's custom routes: `export default { fetch: fetchHandler(server, { allowedHosts: ['example.com'] }) }`.
 * Throws `GANGWAY_E_ALLOWED_HOSTS`, `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export function fetchHandler(server: ServerDefinition, given: FetchOptions): FetchHandler {
  const { path, bodyLimit = 4 * 1024 * 1024, ...options } = given ?? {}
  checkServer(server, 'fetchHandler(server, { allowedHosts })')
  checkOptions('fetchHandler()', { ...given }, OPTIONS)
  if (!options.allowedHosts) throw new GangwayError('GANGWAY_E_ALLOWED_HOSTS', "fetchHandler cannot know the address it is served at. List the accepted host names in allowedHosts, or set it to 'any'")
  checkNumber('bodyLimit', bodyLimit, BODY_LIMIT)
  checkPath('path', path)
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)
  const { routes } = server
  checkRoutes(server, endpoint.gate.authenticates)
  checkRoutePaths(server, path)

  /** Serves a request that has passed the Host and Origin checks. */
  const serve = async (request: Request, head: RequestHead): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const here = isOwnPath(path, pathname) ? [] : routesAt(routes, pathname)
    if (here.length === 0 && !isEndpointPath(path, pathname)) throw new HttpError(404, `No endpoint at ${pathname}`)
    if (here.length > 0 && head.method === 'OPTIONS') return new Response(null, { status: 204, headers: preflightHeaders(head, allowed(here.map(({ route }) => route))) })
    const found = here.length > 0 ? chooseRoute(here, head.method) : undefined
    const isOpen = found ? found.route.auth !== 'required' : isBrowserVisit(head)
    const auth = isOpen ? undefined : await endpoint.gate.identify(head)
    await opened.open()
    const owner = callerOf(auth, undefined)
    const bounds: BodyBounds = { max: bodyLimit, all: endpoint.load.bodies, owner: () => owner }
    if (!found) {
      endpoint.admit(head, undefined)
      return serveMessage(request, head, decodeBody(await readBody(request, bounds)), auth)
    }
    if (!request.body) return runRoute(server, found, request, auth)
    const body = await readBody(request, bounds)
    const held = endpoint.load.hold(owner, body.length)
    try {
      return await runRoute(server, found, new Request(request, { method: request.method, body }), auth)
    } finally {
      held.release()
    }
  }

  const serveMessage = async (request: Request, head: RequestHead, body: string, auth: AuthInfo | undefined): Promise<Response> => {
    const { signal } = request
    const onGone = (listener: () => void): void => (signal.aborted ? listener() : signal.addEventListener('abort', listener, { once: true }))
    const reply = await endpoint.handle({ method: request.method, body, auth, header: head.header, gone: signal.aborted, onGone })
    const stream = reply.body
    if (stream instanceof EventStream) onGone(() => stream.cancel()) // Some hosts signal a disconnect only here, others by canceling the response body.
    return toResponse(reply)
  }

  const handle = async (request: Request): Promise<Response> => {
    const head = headOf(request)
    const document = documentAt(endpoint.gate, request.method, new URL(request.url).pathname)
    if (document) return new Response(document.body ?? null, document)
    try {
      endpoint.gate.guard(head)
    } catch (error) {
      return refuse(error)
    }
    return withResponse(await serve(request, head).catch(refuse), () => undefined, corsHeaders(head.header('origin')))
  }

  const refuse = (error: unknown): Response => {
    if (!isRpcError(error)) logLimited(server.logger, 'error', { err: loggable(error) }, 'A request could not be served')
    const { status, headers, body } = refusalOf(error)
    return toResponse(jsonReply(JSON.stringify(body), status, headers))
  }
  const close = async (): Promise<void> => {
    if (endpoint.closing) endpoint.abort()
    await endpoint.close()
    await opened.close()
  }
  return Object.assign(handle, { close, stats: () => endpoint.stats() })
}

function headOf({ method, url, headers }: Request): RequestHead {
  const { host, pathname, search } = new URL(url)
  return { method, url: `${pathname}${search}`, header: (name) => headers.get(name) ?? (name === 'host' ? host : undefined) }
}

/** Throws `HttpError` 400, 413 and 503, and `GANGWAY_E_BODY_READ` if the body was already read. */
async function readBody({ body, bodyUsed, headers }: Request, bounds: BodyBounds): Promise<Uint8Array<ArrayBuffer>> {
  if (bodyUsed || body?.locked) throw new GangwayError('GANGWAY_E_BODY_READ', 'The body of the request was already read. Pass new Request(request, { body }) to the handler, with the body that was read')
  return collectBody(piecesOf(body), headers.get('content-length') ?? undefined, bounds)
}

/** Iterates with a reader, because some runtimes have no async iteration over streams. */
async function* piecesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  let ended = false
  try {
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) yield piece.value
    ended = true
  } finally {
    if (!ended) await reader?.cancel()
  }
}

const toResponse = ({ status, headers, body }: HttpReply): Response => new Response(body instanceof EventStream ? toWebStream(body) : (body ?? null), { status, headers: { ...headers } })

/** Buffers nothing itself: unread text stays in the event stream, whose queue is limited. */
function toWebStream(events: EventStream): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const text = await events.next()
        if (text === undefined) controller.close()
        else controller.enqueue(encoder.encode(text))
      },
      cancel: () => events.cancel(),
    },
    { highWaterMark: 0 },
  )
}
