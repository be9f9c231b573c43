/** Converts Node.js and Fastify requests to the `Request` of the Fetch API. */
import { HttpError } from '@gangway/core/internal/http'
import { headOf, type NodeHead } from './node-head.ts'
import { onDisconnect } from './pipelined-replies.ts'

export interface WebRequestOptions {
  readonly protocol: string
  readonly host: string | undefined
  readonly body?: string | Uint8Array | undefined
  /** The Node.js request and reply, which are watched for a disconnect. */
  readonly request: Parameters<typeof onDisconnect>[0]
  readonly raw: Parameters<typeof onDisconnect>[1]
}

/** The signal of the returned request aborts if the client disconnects before the reply is complete. Throws `HttpError` 400 for an invalid Host header. */
export function toWebRequest(head: NodeHead, { protocol, host = 'localhost', body, request, raw }: WebRequestOptions): Request {
  const { method, url } = headOf(head)
  const base = `${protocol}://${host}`
  if (!URL.canParse(base)) throw new HttpError(400, 'The Host header is not a valid host')
  const gone = new AbortController()
  onDisconnect(request, raw, () => gone.abort())
  const fields = Object.entries(head.headers).filter(([name]) => !name.startsWith(':')) // Removes HTTP/2 pseudo-headers such as `:path`.
  const lines = fields.flatMap(([name, value]) => [value ?? []].flat().map((line): [string, string] => [name, line]))
  const init = { method, headers: lines, signal: gone.signal, ...(body !== undefined && { body: body as string | Uint8Array<ArrayBuffer> }) }
  return new Request(`${protocol}://${new URL(base).host}${url}`, init)
}
