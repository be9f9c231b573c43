/** Serves public JSON documents, such as protected resource metadata, to every caller and every origin. */
import type { HostApp, HostReply } from './host-app.ts'
import type { RequestGate, PublicDocument } from './request-gate.ts'

const ANYBODY = { 'access-control-allow-origin': '*' }
const HEADERS = { ...ANYBODY, 'content-type': 'application/json', 'cache-control': 'public, max-age=3600' }
/** A browser sends a preflight, because MCP clients send the protocol version in a header. */
const PREFLIGHT_HEADERS = { ...ANYBODY, 'access-control-allow-methods': 'GET', 'access-control-allow-headers': '*', 'access-control-max-age': '7200' }

interface DocumentReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Returns the reply to a request for a document, or undefined if it is not for one. Used by hosts without a router. */
export function documentAt(gate: RequestGate, method: string, pathname: string): DocumentReply | undefined {
  const document = gate.documents.find(({ path }) => path === pathname)
  return document && repliesOf(document).get(method)
}

/** Returns the replies by HTTP method. */
const repliesOf = ({ body }: PublicDocument): ReadonlyMap<string, DocumentReply> =>
  new Map<string, DocumentReply>([
    ['HEAD', { status: 200, headers: HEADERS }],
    ['GET', { status: 200, headers: HEADERS, body }],
    ['OPTIONS', { status: 204, headers: PREFLIGHT_HEADERS }],
  ])

/** Adds the documents at the root of the application, regardless of the scope's prefix. Existing routes take precedence. */
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

/** Finds the scope without a prefix. A Fastify scope has its parent scope as its prototype, and only paths of a scope without a prefix are relative to the root. */
function rootOf(app: HostApp): HostApp {
  return app.prefix === '' ? app : rootOf(Object.getPrototypeOf(app) as HostApp)
}
