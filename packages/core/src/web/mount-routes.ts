/** The custom routes of a server in a Fastify application. */
import type { ServerDefinition } from '../server/definition.ts'
import type { HostApp, HostReply, HostRequest } from './host-app.ts'
import { checkRoutes, runRoute } from './routes.ts'
import { guardScope, type ScopeOptions } from './scope.ts'
import { onReplyOver } from './waiting-replies.ts'

/** A route that the application has already, such as from another transport of the same server, is left to it. Throws `GANGWAY_E_ROUTE_AUTH`. */
export function mountRoutes(app: HostApp, server: ServerDefinition, { gate, maxBody }: Pick<ScopeOptions, 'gate' | 'maxBody'>): void {
  checkRoutes(server, gate.authenticates)
  const free = server.routes.filter(({ method, path }) => !app.hasRoute({ method, url: `${app.prefix}${path}` }))
  for (const isPublic of [true, false]) {
    const routes = free.filter(({ auth }) => (auth !== 'required') === isPublic)
    if (routes.length === 0) continue
    app.register(async (scope) => {
      const authOf = guardScope(scope, { gate, maxBody, isPublic, parseBody: (bytes) => bytes })
      for (const route of routes) {
        const handler = async (request: HostRequest, reply: HostReply): Promise<unknown> => {
          const found = { route, params: request.params as Record<string, string> }
          return reply.send(await runRoute(server, found, toWebRequest(request, reply), authOf(request)))
        }
        scope.route({ method: route.method, url: route.path, handler })
      }
    })
  }
}

/** Its signal aborts if the client leaves before the reply is complete. */
function toWebRequest({ method, url, protocol, host, headers, body, raw: request }: HostRequest, { raw }: HostReply): Request {
  const gone = new AbortController()
  onReplyOver(request, raw, () => {
    if (!raw.writableFinished) gone.abort()
  })
  const lines = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((line): [string, string] => [name, line]))
  return new Request(new URL(url, `${protocol}://${host}`), { method, headers: lines, signal: gone.signal, ...(body instanceof Uint8Array && { body: body as Uint8Array<ArrayBuffer> }) })
}
