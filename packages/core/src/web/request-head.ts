/** A request without its body, neither Fastify's, nor Node's, nor the web's. */
export interface RequestHead {
  readonly method: string
  /** The path and the query, as they came. */
  readonly url: string
  /** By its name in lower case. Lines of the same name are joined by commas. */
  header(name: string): string | undefined
}

interface NodeHead {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Lines
  readonly headersDistinct?: Lines
}
type Lines = Readonly<Record<string, string | string[] | undefined>>

/** From what Node has. */
export const headOf = (head: NodeHead): RequestHead => ({ method: head.method ?? 'GET', url: head.url ?? '/', header: (name) => lineOf(head, name) })

/** Of headers that must come once, Node keeps the first line alone; but that there is a second one must show. */
function lineOf({ headers, headersDistinct }: NodeHead, name: string): string | undefined {
  const lines = name === 'authorization' ? headersDistinct?.[name] : undefined
  return (Array.isArray(lines) && lines.length > 1 ? lines : headers[name])?.toString()
}
