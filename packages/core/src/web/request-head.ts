/** A request without its body, neither Fastify's, nor Node's, nor the web's. */
export interface RequestHead {
  readonly method: string
  /** The path and the query, as they came. */
  readonly url: string
  /** By its name in lower case. */
  header(name: string): string | undefined
}

interface NodeHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** From what Node and Fastify have. In HTTP/2, the host is called the authority. */
export const headOf = ({ method = 'GET', url = '/', headers }: NodeHead): RequestHead => ({
  method,
  url,
  header: (name) => (headers[name] ?? (name === 'host' ? headers[':authority'] : undefined))?.toString(),
})
