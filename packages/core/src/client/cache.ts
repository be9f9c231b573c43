/** Results that the server allows to keep for a while. Specification 2026-07-28: client/utilities, caching. */
import type { Params, Result } from '../jsonrpc/message.ts'
import { covers, type Change } from '../server/changes.ts'

const CACHEABLE = new Set(['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list', 'resources/read'])

/** The methods whose results a change of a list makes stale. */
const LISTS = { tools: ['tools/list'], resources: ['resources/list', 'resources/templates/list'], prompts: ['prompts/list'] } as const

/** Beyond it, the oldest go. */
const MAX_ENTRIES = 1000
const MAX_TTL = 24 * 60 * 60 * 1000

interface Entry {
  readonly method: string
  readonly uri: unknown
  readonly result: Result
  readonly expires: number
}

/** Of one client, and so of one user: whether a result is private makes no difference here. */
export class ResultCache {
  readonly #entries = new Map<string, Entry>()
  /** Rises with every change: what was asked for before one may be stale. */
  version = 0

  get(method: string, params: Params): Result | undefined {
    if (this.#entries.size === 0) return undefined
    const entry = this.#entries.get(keyOf(method, params))
    return entry && entry.expires > Date.now() ? structuredClone(entry.result) : undefined
  }

  put(method: string, params: Params, result: Result): void {
    const { ttlMs } = result as { ttlMs?: unknown }
    if (!CACHEABLE.has(method) || typeof ttlMs !== 'number' || !(ttlMs > 0)) return
    const [oldest] = this.#entries.keys()
    if (oldest !== undefined && this.#entries.size >= MAX_ENTRIES) this.#entries.delete(oldest)
    this.#entries.set(keyOf(method, params), { method, uri: params.uri, result: structuredClone(result), expires: Date.now() + Math.min(ttlMs, MAX_TTL) })
  }

  /** Forgets what the change makes stale. */
  change(change: Change): void {
    this.version++
    for (const [key, { method, uri }] of this.#entries) {
      const isStale = 'list' in change ? (LISTS[change.list] as readonly string[]).includes(method) : method === 'resources/read' && (covers(String(uri), change.uri) || covers(change.uri, String(uri)))
      if (isStale) this.#entries.delete(key)
    }
  }

  clear(): void {
    this.version++
    this.#entries.clear()
  }
}

/** The question itself; not `_meta`, which differs from call to call. */
const keyOf = (method: string, { _meta, ...params }: Params): string => `${method} ${JSON.stringify(params)}`
