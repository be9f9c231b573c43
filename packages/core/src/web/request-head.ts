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

interface NodeHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Names and values in turn, as they came. */
  readonly rawHeaders?: readonly string[]
  /** What Fastify's is made from. */
  readonly raw?: { readonly rawHeaders?: readonly string[] }
}

/** From what Node and Fastify have. */
export const headOf = ({ method = 'GET', url = '/', headers, raw, rawHeaders = raw?.rawHeaders ?? [] }: NodeHead): RequestHead => ({
  method,
  url,
  hosts: rawHeaders.filter((name, index) => index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length,
  header: (name) => headers[name]?.toString(),
})
