/** Converts the head of a Node.js or Fastify request. */
import type { RequestHead } from '@gangway/core/internal/http'

export interface NodeHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Header names and values alternately, as received. */
  readonly rawHeaders?: readonly string[]
  /** The Node.js request that Fastify wraps. */
  readonly raw?: { readonly rawHeaders?: readonly string[] }
}

/** A proxy may send an absolute URL. Its host is removed: only the Host header is validated and used. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

/** Returns the path and the query of a request target. */
export const targetOf = (url: string): string => (url.startsWith('/') ? url : url.replace(ORIGIN, '') || '/')

/** Converts a Node.js or Fastify request. In HTTP/2, the host is in the `:authority` header. */
export const headOf = ({ method = 'GET', url = '/', headers, raw, rawHeaders = raw?.rawHeaders ?? [] }: NodeHead): RequestHead => ({
  method,
  url: targetOf(url),
  hosts: linesOf(rawHeaders, 'host').length,
  header: (name) => {
    const lines = name === 'authorization' ? linesOf(rawHeaders, name) : []
    if (lines.length > 1) return lines.join(', ') // Node.js keeps only the first Authorization line. All lines are returned, so that a request with two of them is not accepted.
    return (headers[name] ?? (name === 'host' ? headers[':authority'] : undefined))?.toString()
  },
})

function linesOf(rawHeaders: readonly string[], name: string): string[] {
  const lines: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.length === name.length && rawHeaders[index]?.toLowerCase() === name) lines.push(rawHeaders[index + 1] ?? '')
  return lines
}
