/** @gangway/transport-http/node: the endpoint as a `(request, response)` handler, for Express, Connect and plain node:http. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BODY_LIMIT, checkNumber, checkOptions, checkServer, type AuthInfo, type OptionNames, type ServerDefinition } from '@gangway/core'
import { atMost, isLater, isRpcError, UnderWay } from '@gangway/core/jsonrpc'
import { allowed, checkPath, checkRoutePaths, checkRoutes, chooseRoute, corsHeaders, documentAt, EventStream, FLUSH_TIME, hasLeft, headOf, HttpError, isEndpointPath, isOwnPath, isVisit, linger, loggable, onClientGone, onReplyOver, preflightHeaders, refusalOf, routesAt, runRoute, serves, toWebRequest, waitInLine, withHeaders, withResponse, type FoundRoute } from '@gangway/core/web'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import { ENDPOINT_OPTIONS, type EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './opened-server.ts'
import { messageBody, rawBody, type NodeRequest } from './node-request.ts'
import { jsonReply } from './reply.ts'

export { fileSessions, type FileSessionsOptions } from './file-sessions.ts'

export interface NodeOptions extends EndpointOptions {
  /** Where the endpoint is, with and without a trailing slash. Elsewhere is 404, or for the next handler where there is one. @default wherever the host sends requests from, but for custom routes */
  path?: string
  /** Longest accepted body, in bytes, unless the host has read it already. @default 4 MiB */
  maxBody?: number
}

const OPTIONS: OptionNames<NodeOptions> = { ...ENDPOINT_OPTIONS, path: true, maxBody: true }

export interface NodeHandler {
  /** `request.body` is used where the host has parsed it, as `express.json()` does. */
  (request: NodeRequest, response: ServerResponse, next?: (error?: unknown) => void): Promise<void>
  stats(): EndpointStats
  /** Lets calls in flight finish for the drain time, then aborts them, and closes the server. Asked a second time, it does not wait for calls. */
  close(): Promise<void>
}

/**
 * Serves the endpoint and the custom routes of the server. Host and Origin are checked against loopback names unless `allowedHosts` says otherwise.
 * Throws `GANGWAY_E_USAGE`, `GANGWAY_E_ROUTE` and `GANGWAY_E_ROUTE_AUTH`.
 */
export function nodeHandler(server: ServerDefinition, given: NodeOptions = {}): NodeHandler {
  checkServer(server, 'nodeHandler(server)')
  checkOptions('nodeHandler()', given, OPTIONS)
  const { path, maxBody = 4 * 1024 * 1024, ...options } = given
  checkNumber('maxBody', maxBody, BODY_LIMIT)
  checkPath('path', path)
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)
  const { routes } = server
  const replies = new UnderWay()
  checkRoutes(server, endpoint.gate.authenticates)
  checkRoutePaths(server, path)

  const write = (reply: HttpReply, request: NodeRequest, response: ServerResponse): Promise<void> | undefined => writeReply(reply, request, response, endpoint.limits.maxQueued)

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
        throw new HttpError(404, `Nothing is served at ${pathname}`)
      }
      replies.begin()
      onReplyOver(request, response, () => replies.end())
      endpoint.gate.guard(head)
      const origin = head.header('origin')
      if (origin !== undefined) allowOrigin(response, origin)
      if (here.length > 0 && head.method === 'OPTIONS') return void response.writeHead(204, preflightHeaders(head, allowed(here.map(({ route }) => route)))).end()
      const found = here.length > 0 ? chooseRoute(here, head.method) : undefined
      // What is known at once is not waited for: that would cost as much as to answer.
      const isOpen = found ? found.route.auth !== 'required' : isVisit(head)
      const identifying = isOpen ? undefined : endpoint.gate.identify(head)
      const auth = identifying && (await identifying)
      const opening = opened.open()
      if (opening) await opening
      const reservation = endpoint.bodies.reserve(head.method, head.header('content-length'), maxBody)
      if (reservation) onReplyOver(request, response, reservation.release)
      if (found) return await serveRoute(found, request, response, auth)
      endpoint.admit(head, request)
      const body = await messageBody(request, maxBody)
      if (typeof body === 'string') reservation?.shrink(body.length)
      const onGone = (listener: () => void): void => onClientGone(request, response, listener)
      const reply = endpoint.handle({ method: head.method, body, auth, header: head.header, source: request, gone: hasLeft(request), onGone })
      const writing = write(isLater(reply) ? await reply : reply, request, response)
      if (writing) await writing
    } catch (error) {
      if (!isRpcError(error)) server.logger.error({ err: loggable(error) }, 'A request could not be served')
      if (response.headersSent) return void response.destroy() // What has begun cannot be taken back.
      const { status, headers: extra, body } = refusalOf(error)
      linger(request)
      await write(jsonReply(JSON.stringify(body), status, extra), request, response)
    }
  }

  const serveRoute = async (found: FoundRoute, request: NodeRequest, response: ServerResponse, auth: AuthInfo | undefined): Promise<void> => {
    const { header } = headOf(request)
    const protocol = 'encrypted' in request.socket ? 'https' : 'http'
    const web = toWebRequest(request, { protocol, host: header('host'), body: await rawBody(request, maxBody), request, raw: response })
    const reply = withResponse(await runRoute(server, found, web, auth), (name) => response.getHeader(name), corsHeaders(header('origin')))
    for (const [name, value] of reply.headers) if (name !== 'set-cookie') response.setHeader(name, value)
    for (const cookie of reply.headers.getSetCookie()) response.appendHeader('set-cookie', cookie)
    response.writeHead(reply.status)
    if (!reply.body) return void response.end()
    await pipeline(Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]), response).catch((error: unknown) => {
      // Either side has left, and the other is cut off: a client may, a route's own body may not.
      if (!web.signal.aborted) server.logger.error({ method: found.route.method, path: found.route.path, err: loggable(error) }, 'The body of a route broke off')
    })
  }
  const close = async (): Promise<void> => {
    if (endpoint.closing) endpoint.abort()
    await endpoint.close()
    await atMost(FLUSH_TIME, replies.none())
    await opened.close()
  }
  return Object.assign(handle, { close, stats: () => endpoint.stats() })
}

function allowOrigin(response: ServerResponse, origin: string): void {
  const added = withHeaders((name) => response.getHeader(name), corsHeaders(origin))
  for (const [name, value] of Object.entries(added)) response.setHeader(name, value)
}

/** Of a stream, resolves at its end. */
function writeReply({ status, headers, body }: HttpReply, request: NodeRequest, response: ServerResponse, maxQueued: number): Promise<void> | undefined {
  if (body instanceof EventStream) {
    response.writeHead(status, { ...headers })
    return writeStream(body, request, response)
  }
  const length = Buffer.byteLength(body ?? '')
  waitInLine(request, response, length, maxQueued)
  const fields: OutgoingHttpHeaders = { ...headers }
  if (body !== undefined) fields['content-length'] = length
  response.writeHead(status, fields).end(body)
  return undefined
}

/** A reader that is slow is waited for; one that leaves cuts the stream off. */
async function writeStream(events: EventStream, request: NodeRequest, response: ServerResponse): Promise<void> {
  let goOn: (() => void) | undefined
  onReplyOver(request, response, () => {
    events.cancel()
    goOn?.()
  })
  response.setTimeout(0) // It may be silent for longer than an application lets its connections be.
  for await (const text of events) if (!response.write(text)) await new Promise<void>((resolve) => response.once('drain', (goOn = resolve)))
  response.end()
}
