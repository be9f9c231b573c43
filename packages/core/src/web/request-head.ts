/** A request without its body, neither Fastify's, nor Node's, nor the web's. */
export interface RequestHead {
  readonly method: string
  /** The path and the query, as they came. */
  readonly url: string
  /** How many Host headers it came with, where that is known: of several, each reader on the way may choose another. */
  readonly hosts?: number
  /** By its name in lower case. */
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

/** From what Node and Fastify have. In HTTP/2, the host is called the authority. */
export const headOf = ({ method = 'GET', url = '/', headers, raw, rawHeaders = raw?.rawHeaders ?? [] }: NodeHead): RequestHead => ({
  method,
  url: url.replace(ORIGIN, '') || '/',
  hosts: rawHeaders.filter((name, index) => index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length,
  header: (name) => (headers[name] ?? (name === 'host' ? headers[':authority'] : undefined))?.toString(),
})
