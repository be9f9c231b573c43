/** The documents that tell clients how to get in, such as a resource server's metadata: for everybody, from any page. */
import type { HostApp, HostReply } from './host-app.ts'
import type { Gate, PublicDocument } from './gate.ts'

const ANYBODY = { 'access-control-allow-origin': '*' }
const HEADERS = { ...ANYBODY, 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' }
/** Clients name the revision in a header, for which a browser asks beforehand. */
const PREFLIGHT_HEADERS = { ...ANYBODY, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*', 'access-control-max-age': '7200' }

interface DocumentReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** For hosts that have no router. */
export function documentAt(gate: Gate, method: string, pathname: string): DocumentReply | undefined {
  const document = gate.documents.find(({ path }) => path === pathname)
  return document && repliesOf(document).get(method)
}

/** By method. */
const repliesOf = ({ body }: PublicDocument): ReadonlyMap<string, DocumentReply> =>
  new Map<string, DocumentReply>([
    ['HEAD', { status: 200, headers: HEADERS }],
    ['GET', { status: 200, headers: HEADERS, body }],
    ['OPTIONS', { status: 204, headers: PREFLIGHT_HEADERS }],
  ])

/** At the root of the application, whatever the prefix of this scope. One that the application has already is left to it. */
export function mountDocuments(app: HostApp, documents: readonly PublicDocument[]): void {
  const root = rootOf(app)
  for (const document of documents) {
    if (root.hasRoute({ method: 'GET', url: document.path })) continue
    for (const [method, { status, headers, body }] of repliesOf(document)) {
      const handler = (_request: unknown, reply: HostReply): unknown => {
        reply.headers(headers)
        return reply.code(status).send(body)
      }
      root.route({ method, url: document.path, handler })
    }
  }
}

/** Fastify makes a scope out of the one around it, which is its prototype; only a scope without a prefix has addresses that begin at the root. */
function rootOf(app: HostApp): HostApp {
  return app.prefix === '' ? app : rootOf(Object.getPrototypeOf(app) as HostApp)
}
