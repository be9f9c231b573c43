/** @gangway/transport-http/fetch: the endpoint as a web-standard handler, for Workers, Bun, Deno, Next, Hono and whatever else has `Request` and `Response`. */
import { GangwayError, type ServerDefinition } from '@gangway/core'
import { isRpcError } from '@gangway/core/jsonrpc'
import { checkRoutes, corsHeaders, decodeBody, documentAt, EventStream, findRoute, HttpError, refusalOf, runRoute, withHeaders, type RequestHead } from '@gangway/core/web'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import type { EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './opened-server.ts'
import { jsonReply } from './reply.ts'
import { isEndpointPath } from './paths.ts'

export interface FetchOptions extends EndpointOptions {
  /** Host names that clients may address, or 'any'. It is not known here what the server is bound to, so they have to be named. */
  allowedHosts: readonly string[] | 'any'
  /** Where the endpoint is, with and without a trailing slash; elsewhere is 404. @default wherever the host sends requests from, but for custom routes */
  path?: string
  /** Longest accepted body, in bytes. @default 4 MiB */
  maxBody?: number
}

export interface FetchHandler {
  (request: Request): Promise<Response>
  stats(): EndpointStats
  /** Lets calls in flight finish for the drain time, then aborts them, and closes the server. */
  close(): Promise<void>
}

/** Serves the endpoint and the custom routes of the server. Throws `GANGWAY_E_ALLOWED_HOSTS` and `GANGWAY_E_ROUTE_AUTH`. */
export function fetchHandler(server: ServerDefinition, { path, maxBody = 4 * 1024 * 1024, ...options }: FetchOptions): FetchHandler {
  if (!options.allowedHosts) throw new GangwayError('GANGWAY_E_ALLOWED_HOSTS', "fetchHandler does not know what its host is bound to: name the hosts that clients may address in allowedHosts, or say 'any'")
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)
  checkRoutes(server, endpoint.gate.authenticates)

  /** For a request that the guard let in. */
  const serve = async (request: Request, head: RequestHead): Promise<Response> => {
    const { pathname } = new URL(request.url)
    const found = findRoute(server.routes, request.method, pathname)
    if (!found && !isEndpointPath(path, pathname)) throw new HttpError(404, `Nothing is served at ${pathname}`)
    const auth = found && found.route.auth !== 'required' ? undefined : await endpoint.gate.identify(head)
    await opened.open()
    if (found) return runRoute(server, found, request, auth)
    const body = decodeBody(await readBody(request, maxBody))
    const onGone = (listener: () => void): void => request.signal.addEventListener('abort', listener, { once: true })
    return toResponse(await endpoint.handle({ method: request.method, body, auth, header: head.header, onGone }))
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
    return withCors(await serve(request, head).catch(refuse), head.header('origin'))
  }

  const refuse = (error: unknown): Response => {
    if (!isRpcError(error)) server.logger.error({ err: error }, 'A request could not be served')
    const { status, headers, body } = refusalOf(error)
    return toResponse(jsonReply(JSON.stringify(body), status, headers))
  }
  const close = async (): Promise<void> => {
    await endpoint.close()
    await opened.close()
  }
  return Object.assign(handle, { close, stats: () => endpoint.stats() })
}

function headOf({ method, url, headers }: Request): RequestHead {
  const { host, pathname, search } = new URL(url)
  return { method, url: `${pathname}${search}`, header: (name) => headers.get(name) ?? (name === 'host' ? host : undefined) }
}

function withCors(response: Response, origin: string | undefined): Response {
  if (origin === undefined) return response
  const copy = new Response(response.body, response) // The headers of one that a route passes on may be fixed.
  for (const [name, value] of Object.entries(withHeaders((header) => copy.headers.get(header) ?? undefined, corsHeaders(origin)))) copy.headers.set(name, value)
  return copy
}

async function readBody({ body }: Request, maxBody: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
    length += chunk.value.length
    if (length > maxBody) {
      await reader?.cancel()
      throw new HttpError(413, `A body may have at most ${maxBody} bytes`)
    }
    chunks.push(chunk.value)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
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
