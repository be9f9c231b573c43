/** Caches results that the server marks as cacheable (`ttlMs`). Specification 2026-07-28: client/utilities, caching. */
import { BoundedMap } from '../util/bounded-map.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { LIST_OF_METHOD } from '../protocol/lists.ts'
import { covers, type Change } from '../definition/changes.ts'

const CACHEABLE = new Set([...LIST_OF_METHOD.keys(), 'resources/read'])

/** Maximum number of entries. The oldest entry is removed first. */
const MAX_ENTRIES = 1000
const MAX_TTL = 24 * 60 * 60 * 1000

interface Entry {
  readonly method: string
  readonly uri: unknown
  readonly result: Result
  readonly expires: number
}

/** Belongs to one client, and so to one user. It can therefore ignore whether a result is private or public. */
export class ResultCache {
  readonly #entries = new BoundedMap<string, Entry>(MAX_ENTRIES)
  /** Incremented by every change. The result of a request sent before a change may be stale and must not be stored. */
  version = 0

  get(method: string, params: Params): Result | undefined {
    if (this.#entries.size === 0) return undefined
    const entry = this.#entries.get(keyOf(method, params))
    return entry && entry.expires > Date.now() ? structuredClone(entry.result) : undefined
  }

  put(method: string, params: Params, result: Result): void {
    const { ttlMs } = result as { ttlMs?: unknown }
    if (!CACHEABLE.has(method) || typeof ttlMs !== 'number' || !(ttlMs > 0)) return
    this.#entries.set(keyOf(method, params), { method, uri: params.uri, result: structuredClone(result), expires: Date.now() + Math.min(ttlMs, MAX_TTL) })
  }

  /** Removes the entries that the change makes stale. */
  change(change: Change): void {
    this.version++
    for (const [key, { method, uri }] of this.#entries) {
      const isStale = 'list' in change ? LIST_OF_METHOD.get(method) === change.list : method === 'resources/read' && (covers(String(uri), change.uri) || covers(change.uri, String(uri)))
      if (isStale) this.#entries.delete(key)
    }
  }

  clear(): void {
    this.version++
    this.#entries.clear()
  }
}

/** The cache key ignores `_meta`, which differs from call to call. */
const keyOf = (method: string, { _meta, ...params }: Params): string => `${method} ${JSON.stringify(params)}`
