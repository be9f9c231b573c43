/** A request without its body, independent of Fastify, Node.js and the Fetch API. */
export interface RequestHead {
  readonly method: string
  /** The path and the query, not decoded. */
  readonly url: string
  /** Number of Host headers, if known. Requests with several are rejected, because each proxy might use a different one. */
  readonly hosts?: number
  /** Returns a header by its name in lower case. Several lines with this name are joined with commas. */
  header(name: string): string | undefined
}
