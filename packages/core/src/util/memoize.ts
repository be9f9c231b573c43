/** Caches the results of parsing short texts, such as headers, which clients repeat in every request. */

/** Cached results. The texts come from clients, so the cache must be bounded. */
const MOST = 64

/** Wraps a function whose result depends only on its argument. Undefined results are not cached. A full cache is cleared. */
export function memoize<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text)
    if (found !== undefined) return found
    const result = read(text)
    if (known.size >= MOST) known.clear()
    known.set(text, result)
    return result
  }
}
