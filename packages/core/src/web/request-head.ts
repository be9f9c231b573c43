/** A request without its body, neither Fastify's, nor Node's, nor the web's. */
export interface RequestHead {
  readonly method: string
  /** The path and the query, as they came. */
  readonly url: string
  /** How many Host headers it came with, where that is known: of several, each reader on the way may choose another. */
  readonly hosts?: number
  /** By its name in lower case. Lines of the same name are joined by commas. */
  header(name: string): string | undefined
}

export interface NodeHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[]
  /** What Fastify's is made from. */
  readonly raw?: { readonly rawHeaders?: readonly string[] }
}

/** Proxies may name the whole URL. Its host is not the one that is checked, and so does not count. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

/** The path and the query. */
export const targetOf = (url: string): string => (url.startsWith('/') ? url : url.replace(ORIGIN, '') || '/')

/** From what Node and Fastify have. In HTTP/2, the host is called the authority. */
export const headOf = ({ method = 'GET', url = '/', headers, raw, rawHeaders = raw?.rawHeaders ?? [] }: NodeHead): RequestHead => ({
  method,
  url: targetOf(url),
  hosts: linesOf(rawHeaders, 'host').length,
  header: (name) => {
    const lines = name === 'authorization' ? linesOf(rawHeaders, name) : []
    if (lines.length > 1) return lines.join(', ') // Node keeps the first line alone of what must come once; but that there is a second one must show.
    return (headers[name] ?? (name === 'host' ? headers[':authority'] : undefined))?.toString()
  },
})

function linesOf(rawHeaders: readonly string[], name: string): string[] {
  const lines: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) if (rawHeaders[index]?.length === name.length && rawHeaders[index]?.toLowerCase() === name) lines.push(rawHeaders[index + 1] ?? '')
  return lines
}
