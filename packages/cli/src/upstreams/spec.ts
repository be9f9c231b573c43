/** Tells what is served elsewhere, addresses and mcp.json files, from files that export a server. Costs `run` nothing. */

export interface JsonSpec {
  readonly path: string
  /** Undefined for all of them. */
  readonly server: string | undefined
}

export const isUrl = (spec: string): boolean => /^https?:\/\//i.test(spec)

/** A server that speaks HTTP+SSE has it in its path. */
export const kindOfUrl = (url: string): 'http' | 'sse' => (/\/sse(\/|$)/.test(new URL(url).pathname) ? 'sse' : 'http')

/** `mcp.json`, `mcp.json:name` and `mcp.json#name`; undefined for anything else. */
export function parseJsonSpec(spec: string): JsonSpec | undefined {
  const [, path, server] = /^(.*\.jsonc?)(?:[:#]([^:#\\/]+))?$/is.exec(spec) ?? []
  return path === undefined ? undefined : { path, server }
}

/** Whether HTTP can carry it. */
export const isHeader = (name: string, value: string): boolean => /^[!#$%&'*+.^_`|~\w-]+$/.test(name) && /^[\t -~\u0080-\u00FF]*$/.test(value)
