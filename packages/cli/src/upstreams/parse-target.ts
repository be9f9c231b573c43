/** Tells URLs and mcp.json files from files that export a server. Has no imports, to keep startup fast. */

export interface JsonSpec {
  readonly path: string
  /** Undefined for all servers. */
  readonly server: string | undefined
}

export const isUrl = (spec: string): boolean => /^https?:\/\//i.test(spec)

/** HTTP+SSE endpoints have `/sse` in their path by convention. */
export const kindOfUrl = (url: string): 'http' | 'sse' => (/\/sse(\/|$)/.test(new URL(url).pathname) ? 'sse' : 'http')

/** `mcp.json`, `mcp.json:name` and `mcp.json#name`; undefined for anything else. */
export function parseJsonSpec(spec: string): JsonSpec | undefined {
  const [, path, server] = /^(.*\.jsonc?)(?:[:#]([^:#\\/]+))?$/is.exec(spec) ?? []
  return path === undefined ? undefined : { path, server }
}

/** Whether HTTP allows the name and the value. */
export const isHeader = (name: string, value: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t -~\u0080-\u00FF]*$/.test(value)
