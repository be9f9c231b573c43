/** Caches the results of parsing short texts, such as headers, which clients repeat in every request. */
import { BoundedMap } from './bounded-map.ts'

/** Cached results. The texts come from clients, so the cache must be bounded. */
const MOST = 64

/** Wraps a function whose result depends only on its argument. Undefined results are not cached. */
export function memoize<T>(read: (text: string) => T): (text: string) => T {
  const known = new BoundedMap<string, T>(MOST)
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const result = read(text)
    known.set(text, result)
    return result
  }
}
