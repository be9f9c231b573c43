/** @gangway/transport-http/fetch: the endpoint as a web-standard handler, for Workers, Bun, Deno, Next, Hono and whatever else has `Request` and `Response`. */
import { BODY_LIMIT, checkNumber, checkOptions, checkServer, GangwayError, type AuthInfo, type OptionNames, type ServerDefinition } from '@gangway/core'
import { isRpcError } from '@gangway/core/jsonrpc'
import { allowed, checkPath, checkRoutePaths, checkRoutes, chooseRoute, collectBody, corsHeaders, decodeBody, documentAt, EventStream, HttpError, isEndpointPath, isOwnPath, isVisit, loggable, preflightHeaders, refusalOf, routesAt, runRoute, withResponse, type RequestHead } from '@gangway/core/web'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './opened-server.ts'
import { jsonReply } from './reply.ts'

export interface FetchOptions extends EndpointOptions {
  /** Host names that clients may address, or 'any'. It is not known here what the server is bound to, so they have to be named. */
  allowedHosts: readonly string[] | 'any'
  /** Where the endpoint is, with and without a trailing slash; elsewhere is 404. @default wherever the host sends requests from, but for custom routes */
  path?: string
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number
}

const OPTIONS: OptionNames<FetchOptions> = { ...ENDPOINT_OPTIONS, path: true, maxBody: true }

export interface FetchHandler {
  (request: Request): Promise<Response>
  stats(): EndpointStats
  /** Lets calls in flight finish for the drain time, then aborts them, and closes the server. Asked a second time, it does not wait for calls. */
  close(): Promise<void>
}

/** Serves the endpoint and the custom routes of the server. Throws `GANGWAY_E_ALLOWED_HOSTS`, `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`. */
export function fetchHandler(server: ServerDefinition, given: FetchOptions): FetchHandler {
  const { path, maxBody = 4 * 1024 * 1024, ...options } = given ?? {}
  checkServer(server, 'fetchHandler(server, { allowedHosts })')
  checkOptions('fetchHandler()', { ...given }, OPTIONS)
  if (!options.allowedHosts) throw new GangwayError('GANGWAY_E_ALLOWED_HOSTS', "fetchHandler does not know what its host is bound to: name the hosts that clients may address in allowedHosts, or say 'any'")
  checkNumber('maxBody', maxBody, BODY_LIMIT)
  checkPath('path', path)
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)
  const { routes } = server
  checkRoutes(server, endpoint.gate.authenticates)
  checkRoutePaths(server, path)

  /** For a request that the guard let in. */
  const serve = async (request: Request, head: RequestHead): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const here = isOwnPath(path, pathname) ? [] : routesAt(routes, pathname)
    if (here.length === 0 && !isEndpointPath(path, pathname)) throw new HttpError(404, `Nothing is served at ${pathname}`)
    if (here.length > 0 && head.method === 'OPTIONS') return new Response(null, { status: 204, headers: preflightHeaders(head, allowed(here.map(({ route }) => route))) })
    const found = here.length > 0 ? chooseRoute(here, head.method) : undefined
    const isOpen = found ? found.route.auth !== 'required' : isVisit(head)
    const auth = isOpen ? undefined : await endpoint.gate.identify(head)
    await opened.open()
    const reservation = endpoint.bodies.reserve(request.body ? head.method : 'GET', head.header('content-length'), maxBody)
    try {
      if (found) return await runRoute(server, found, await withinBounds(request, maxBody), auth)
      endpoint.admit(head, undefined)
      const body = decodeBody(await readBody(request, maxBody))
      reservation?.shrink(body.length)
      return await serveMessage(request, head, body, auth)
    } finally {
      reservation?.release()
    }
  }

  const serveMessage = async (request: Request, head: RequestHead, body: string, auth: AuthInfo | undefined): Promise<Response> => {
    const { signal } = request
    const onGone = (listener: () => void): void => (signal.aborted ? listener() : signal.addEventListener('abort', listener, { once: true }))
    const reply = await endpoint.handle({ method: request.method, body, auth, header: head.header, gone: signal.aborted, onGone })
    const stream = reply.body
    if (stream instanceof EventStream) onGone(() => stream.cancel()) // Some hosts say so here, some by cancelling what they read.
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
    if (!isRpcError(error)) server.logger.error({ err: loggable(error) }, 'A request could not be served')
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

async function withinBounds(request: Request, maxBody: number): Promise<Request> {
  if (!request.body) return request
  const { method } = request
  return new Request(request, { method, body: await readBody(request, maxBody) })
}

/** Throws `HttpError` 413 and 400, and `GANGWAY_E_BODY_READ`. */
async function readBody({ body, bodyUsed, headers }: Request, maxBody: number): Promise<Uint8Array<ArrayBuffer>> {
  if (bodyUsed || body?.locked) throw new GangwayError('GANGWAY_E_BODY_READ', 'The body of a request was read before the handler was called: call it with new Request(request, { body }), with what was read as the body')
  return collectBody(piecesOf(body), headers.get('content-length') ?? undefined, maxBody)
}

/** The stream, for runtimes whose streams cannot be iterated over. */
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

/** Pulled by its reader: what is not read yet waits in the event stream, within its bounds. */
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
