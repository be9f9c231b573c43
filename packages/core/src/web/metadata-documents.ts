/** Serves public JSON documents, such as protected resource metadata, to every caller and every origin. */
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
  return document && documentReplies(document).get(method)
}

/** Returns the replies by HTTP method. */
export const documentReplies = ({ body }: PublicDocument): ReadonlyMap<string, DocumentReply> =>
  new Map<string, DocumentReply>([
    ['HEAD', { status: 200, headers: HEADERS }],
    ['GET', { status: 200, headers: HEADERS, body }],
    ['OPTIONS', { status: 204, headers: PREFLIGHT_HEADERS }],
  ])
