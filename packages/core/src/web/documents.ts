/** The documents that tell clients how to get in, such as a resource server's metadata: for everybody, from any page. */
import type { HostApp, HostReply } from './host-app.ts'
import type { Gate, PublicDocument } from './gate.ts'

const HEADERS = { 'content-type': 'application/json', 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' }

/** For hosts that have no router. */
export function documentAt(gate: Gate, method: string, pathname: string): { headers: Readonly<Record<string, string>>; body: string } | undefined {
  const document = method === 'GET' ? gate.documents.find(({ path }) => path === pathname) : undefined
  return document && { headers: HEADERS, body: document.body }
}

/** At the root of the application, whatever the prefix of this scope. One that the application has already is left to it. */
export function mountDocuments(app: HostApp, documents: readonly PublicDocument[]): void {
  const root = rootOf(app)
  for (const { path, body } of documents) {
    if (root.hasRoute({ method: 'GET', url: path })) continue
    const handler = (_request: unknown, reply: HostReply): unknown => {
      reply.headers(HEADERS)
      return reply.code(200).send(body)
    }
    root.route({ method: 'GET', url: path, handler })
  }
}

/** Fastify makes a scope out of the one around it, which is its prototype; only a scope without a prefix has addresses that begin at the root. */
function rootOf(app: HostApp): HostApp {
  return app.prefix === '' ? app : rootOf(Object.getPrototypeOf(app) as HostApp)
}
