/** @gangway/transport-http/node: the endpoint as a `(request, response)` handler for Express, Connect and node:http. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { AuthInfo, ServerDefinition } from '@gangway/core'
import { BODY_LIMIT, checkNumber, checkOptions, checkServer, logLimited, isLater, isRpcError, WaitGroup, withTimeout, loggable, type OptionNames } from '@gangway/core/internal'
import { callerOf, allowed, checkPath, checkRoutePaths, checkRoutes, chooseRoute, corsHeaders, documentAt, EventStream, HttpError, isEndpointPath, isOwnPath, isBrowserVisit, preflightHeaders, refusalOf, routesAt, runRoute, serves, withHeaders, withResponse, type BodyBounds, type FoundRoute } from '@gangway/core/internal/http'
import { FLUSH_TIME, isDisconnected, headOf, lingerAfterRefusal, onDisconnect, onReplyDone, toWebRequest, trackPipelinedReply, sourceOf } from '@gangway/http-server'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './open-on-first-request.ts'
import { messageBody, rawBody, type NodeRequest } from './node-request.ts'
import { jsonReply } from './replies.ts'

export { fileSessions, type FileSessionsOptions } from './file-sessions.ts'

export interface NodeOptions extends EndpointOptions {
  /**
   * Path of the endpoint, with or without a trailing slash. Other paths get 404, or go to the next handler if there is one.
   * @default wherever the host sends requests from, but for custom routes
   */
  path?: string
  /** Maximum body size in bytes. Does not apply to a body that the host has already read. @default 4 MiB */
  bodyLimit?: number
}

const OPTIONS: OptionNames<NodeOptions> = { ...ENDPOINT_OPTIONS, path: true, bodyLimit: true }

export interface NodeHandler {
  /** Uses `request.body` if the host has parsed it, as `express.json()` does. */
  (request: NodeRequest, response: ServerResponse, next?: (error?: unknown) => void): Promise<void>
  stats(): EndpointStats
  /** Waits up to the drain time for calls in flight, aborts the rest, and closes the server. A second call aborts immediately. */
  close(): Promise<void>
}

/**
 * Serves the endpoint and the server's custom routes: `createServer(nodeHandler(server, { path: '/mcp' })).listen(8000)`.
 * Only loopback names are accepted in Host and Origin unless `allowedHosts` is set.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export function nodeHandler(server: ServerDefinition, given: NodeOptions = {}): NodeHandler {
  checkServer(server, 'nodeHandler(server)')
  checkOptions('nodeHandler()', given, OPTIONS)
  const { path, bodyLimit = 4 * 1024 * 1024, ...options } = given
  checkNumber('bodyLimit', bodyLimit, BODY_LIMIT)
  checkPath('path', path)
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)
  const { routes } = server
  const replies = new WaitGroup()
  checkRoutes(server, endpoint.gate.authenticates)
  checkRoutePaths(server, path)

  const write = (reply: HttpReply, request: NodeRequest, response: ServerResponse): Promise<void> | undefined => writeReply(reply, request, response, endpoint.limits.queueBytes)

  const handle = async (request: NodeRequest, response: ServerResponse, next?: (error?: unknown) => void): Promise<void> => {
    const head = headOf(request)
    const pathname = head.url.split('?', 1)[0] ?? '/'
    try {
      const document = documentAt(endpoint.gate, head.method, pathname)
      if (document) return void response.writeHead(document.status, { ...document.headers }).end(document.body)
      const here = isOwnPath(path, pathname) ? [] : routesAt(routes, pathname)
      const isOurs = next ? serves(here, head.method) : here.length > 0
      if (!isOurs && !isEndpointPath(path, pathname)) {
        if (next) return next()
        throw new HttpError(404, `No endpoint at ${pathname}`)
      }
      replies.begin()
      onReplyDone(request, response, () => replies.end())
      endpoint.gate.guard(head)
      const origin = head.header('origin')
      if (origin !== undefined) allowOrigin(response, origin)
      if (here.length > 0 && head.method === 'OPTIONS') return void response.writeHead(204, preflightHeaders(head, allowed(here.map(({ route }) => route)))).end()
      const found = here.length > 0 ? chooseRoute(here, head.method) : undefined
      // Await only promises: awaiting a value that is already known would cost about as much as serving the request.
      const isOpen = found ? found.route.auth !== 'required' : isBrowserVisit(head)
      const identifying = isOpen ? undefined : endpoint.gate.identify(head)
      const auth = identifying && (await identifying)
      const opening = opened.open()
      if (opening) await opening
      const source = sourceOf(request)
      const bounds: BodyBounds = { max: bodyLimit, all: endpoint.load.bodies, owner: () => callerOf(auth, source) }
      if (found) return await serveRoute(found, request, response, auth, bounds)
      endpoint.admit(head, source)
      const body = await messageBody(request, bounds)
      const onGone = (listener: () => void): void => onDisconnect(request, response, listener)
      const reply = endpoint.handle({ method: head.method, body, auth, header: head.header, source, gone: isDisconnected(request), onGone })
      const writing = write(isLater(reply) ? await reply : reply, request, response)
      if (writing) await writing
    } catch (error) {
      if (!isRpcError(error)) logLimited(server.logger, 'error', { err: loggable(error) }, 'A request could not be served')
      if (response.headersSent) return void response.destroy() // The status has been sent, so no error response is possible.
      const { status, headers: extra, body } = refusalOf(error)
      lingerAfterRefusal(request)
      await write(jsonReply(JSON.stringify(body), status, extra), request, response)
    }
  }

  const serveRoute = async (found: FoundRoute, request: NodeRequest, response: ServerResponse, auth: AuthInfo | undefined, bounds: BodyBounds): Promise<void> => {
    const { header } = headOf(request)
    const body = await rawBody(request, bounds)
    if (body !== undefined) {
      const held = endpoint.load.hold(bounds.owner(), body.length)
      onReplyDone(request, response, () => held.release())
    }
    const protocol = 'encrypted' in request.socket ? 'https' : 'http'
    const web = toWebRequest(request, { protocol, host: header('host'), body, request, raw: response })
    const reply = withResponse(await runRoute(server, found, web, auth), (name) => response.getHeader(name), corsHeaders(header('origin')))
    for (const [name, value] of reply.headers) if (name !== 'set-cookie') response.setHeader(name, value)
    for (const cookie of reply.headers.getSetCookie()) response.appendHeader('set-cookie', cookie)
    response.writeHead(reply.status)
    if (!reply.body) return void response.end()
    await pipeline(Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]), response).catch((error: unknown) => {
      // If the client disconnected, this is expected. Otherwise the route's own body failed.
      if (!web.signal.aborted) logLimited(server.logger, 'error', { method: found.route.method, path: found.route.path, err: loggable(error) }, 'The response body of a route ended early')
    })
  }
  const close = async (): Promise<void> => {
    if (endpoint.closing) endpoint.abort()
    await endpoint.close()
    await withTimeout(FLUSH_TIME, replies.none())
    await opened.close()
  }
  return Object.assign(handle, { close, stats: () => endpoint.stats() })
}

function allowOrigin(response: ServerResponse, origin: string): void {
  const added = withHeaders((name) => response.getHeader(name), corsHeaders(origin))
  for (const [name, value] of Object.entries(added)) response.setHeader(name, value)
}

/** Returns undefined for a complete body, and a promise for a stream, which resolves when the stream has ended. */
function writeReply({ status, headers, body }: HttpReply, request: NodeRequest, response: ServerResponse, queueBytes: number): Promise<void> | undefined {
  if (body instanceof EventStream) {
    response.writeHead(status, { ...headers })
    return writeStream(body, request, response)
  }
  const length = Buffer.byteLength(body ?? '')
  trackPipelinedReply(request, response, length, queueBytes)
  const fields: OutgoingHttpHeaders = { ...headers }
  if (body !== undefined) fields['content-length'] = length
  response.writeHead(status, fields).end(body)
  return undefined
}

/** Waits for slow readers. If the client disconnects, the stream is canceled. */
async function writeStream(events: EventStream, request: NodeRequest, response: ServerResponse): Promise<void> {
  let goOn: (() => void) | undefined
  onReplyDone(request, response, () => {
    events.cancel()
    goOn?.()
  })
  response.setTimeout(0) // The stream may be silent for longer than the application's socket timeout.
  for await (const text of events) if (!response.write(text)) await new Promise<void>((resolve) => response.once('drain', (goOn = resolve)))
  response.end()
}
