/** @gangway/transport-http/node: the endpoint as a `(request, response)` handler, for Express, Connect and plain node:http. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { AuthInfo, ServerDefinition } from '@gangway/core'
import { isRpcError } from '@gangway/core/jsonrpc'
import { checkRoutes, corsHeaders, decodeBody, documentAt, EventStream, findRoute, headOf, HttpError, refusalOf, runRoute, withHeaders, type FoundRoute } from '@gangway/core/web'
import { Endpoint, type EndpointStats } from './endpoint.ts'
import type { EndpointOptions } from './endpoint-options.ts'
import type { HttpReply } from './http-message.ts'
import { OpenedServer } from './opened-server.ts'
import { readBody, toWebRequest, type NodeRequest } from './node-request.ts'
import { isEndpointPath } from './paths.ts'
import { jsonReply } from './reply.ts'

export { fileSessions } from './file-sessions.ts'

export interface NodeOptions extends EndpointOptions {
  /** Where the endpoint is, with and without a trailing slash. Elsewhere is 404, or for the next handler where there is one. @default wherever the host sends requests from, but for custom routes */
  path?: string
  /** Longest accepted body, in bytes, unless the host has read it already. @default 4 MiB */
  maxBody?: number
}

export interface NodeHandler {
  /** `request.body` is used where the host has parsed it, as `express.json()` does. */
  (request: NodeRequest, response: ServerResponse, next?: (error?: unknown) => void): Promise<void>
  stats(): EndpointStats
  /** Lets calls in flight finish for the drain time, then aborts them, and closes the server. */
  close(): Promise<void>
}

/**
 * Serves the endpoint and the custom routes of the server. Host and Origin are checked against loopback names unless `allowedHosts` says otherwise.
 * Throws `GANGWAY_E_ROUTE_AUTH`.
 */
export function nodeHandler(server: ServerDefinition, { path, maxBody = 4 * 1024 * 1024, ...options }: NodeOptions = {}): NodeHandler {
  const endpoint = new Endpoint(server, options)
  const opened = new OpenedServer(server)
  checkRoutes(server, endpoint.gate.authenticates)

  const handle = async (request: NodeRequest, response: ServerResponse, next?: (error?: unknown) => void): Promise<void> => {
    const head = headOf(request)
    const pathname = head.url.split('?', 1)[0] ?? '/'
    try {
      const document = documentAt(endpoint.gate, head.method, pathname)
      if (document) return void response.writeHead(document.status, { ...document.headers }).end(document.body)
      const found = findRoute(server.routes, head.method, pathname)
      if (!found && !isEndpointPath(path, pathname)) {
        if (next) return next()
        throw new HttpError(404, `Nothing is served at ${pathname}`)
      }
      endpoint.gate.guard(head)
      allowOrigin(response, head.header('origin'))
      const auth = found && found.route.auth !== 'required' ? undefined : await endpoint.gate.identify(head)
      await opened.open()
      if (found) return await serveRoute(found, request, response, auth)
      const body = request.body ?? decodeBody(await readBody(request, maxBody))
      const onGone = (listener: () => void): void => void response.once('close', () => response.writableFinished || listener())
      await write(await endpoint.handle({ method: head.method, body, auth, header: head.header, onGone }), response)
    } catch (error) {
      if (!isRpcError(error)) server.logger.error({ err: error }, 'A request could not be served')
      const { status, headers: extra, body } = refusalOf(error)
      await write(jsonReply(JSON.stringify(body), status, extra), response)
    }
  }

  const serveRoute = async (found: FoundRoute, request: NodeRequest, response: ServerResponse, auth: AuthInfo | undefined): Promise<void> => {
    const reply = await runRoute(server, found, await toWebRequest(request, response, maxBody), auth)
    for (const [name, value] of reply.headers) response.appendHeader(name, value)
    response.writeHead(reply.status)
    if (!reply.body) return void response.end()
    Readable.fromWeb(reply.body as Parameters<typeof Readable.fromWeb>[0]).on('error', () => response.destroy()).pipe(response)
  }
  const close = async (): Promise<void> => {
    await endpoint.close()
    await opened.close()
  }
  return Object.assign(handle, { close, stats: () => endpoint.stats() })
}

function allowOrigin(response: ServerResponse, origin: string | undefined): void {
  const added = withHeaders((name) => response.getHeader(name), corsHeaders(origin))
  for (const [name, value] of Object.entries(added)) response.setHeader(name, value)
}

/** A reader that is slow is waited for; one that leaves cuts the stream off. */
async function write({ status, headers, body }: HttpReply, response: ServerResponse): Promise<void> {
  response.writeHead(status, { ...headers, ...(typeof body === 'string' && { 'content-length': Buffer.byteLength(body) }) })
  if (!(body instanceof EventStream)) return void response.end(body)
  response.setTimeout(0) // It may be silent for longer than an application lets its connections be.
  response.once('close', () => body.cancel())
  for await (const text of body) if (!response.write(text) && !response.closed) await Promise.race([once(response, 'drain'), once(response, 'close')])
  response.end()
}
