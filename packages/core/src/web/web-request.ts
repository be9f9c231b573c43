/** Requests of Node and of Fastify as the web's. */
import { HttpError } from './http-error.ts'
import { headOf, type NodeHead } from './request-head.ts'
import { onClientGone } from './waiting-replies.ts'

export interface WebRequestOptions {
  readonly protocol: string
  readonly host: string | undefined
  readonly body?: string | Uint8Array | undefined
  /** What the request came in as, and the reply leaves through. */
  readonly request: Parameters<typeof onClientGone>[0]
  readonly raw: Parameters<typeof onClientGone>[1]
}

/** Its signal aborts if the client leaves before the reply is complete. Throws `HttpError` 400 for a host that no URL can have. */
export function toWebRequest(head: NodeHead, { protocol, host = 'localhost', body, request, raw }: WebRequestOptions): Request {
  const { method, url } = headOf(head)
  const base = `${protocol}://${host}`
  if (!URL.canParse(base)) throw new HttpError(400, 'The Host header names no host')
  const gone = new AbortController()
  onClientGone(request, raw, () => gone.abort())
  const fields = Object.entries(head.headers).filter(([name]) => !name.startsWith(':')) // Those of HTTP/2 itself.
  const lines = fields.flatMap(([name, value]) => [value ?? []].flat().map((line): [string, string] => [name, line]))
  const init = { method, headers: lines, signal: gone.signal, ...(body !== undefined && { body: body as string | Uint8Array<ArrayBuffer> }) }
  return new Request(`${protocol}://${new URL(base).host}${url}`, init)
}
