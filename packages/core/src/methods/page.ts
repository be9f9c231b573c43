/** One page of a list, and the cursor of the next. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import type { Params } from '../jsonrpc/message.ts'
import { fromBase64, toBase64 } from '../server/base64.ts'

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: { readonly nextCursor?: string }
}

/**
 * A cursor names the last item of the page before, so any process with the same definition can go on from it.
 * Throws `InvalidParamsError` for a cursor whose item is not in the list, or not any more.
 */
export function page<T>(items: readonly T[], keyOf: (item: T) => string, { cursor }: Params, size: number = Number.POSITIVE_INFINITY): Page<T> {
  const start = cursor === undefined ? 0 : indexAfter(items, keyOf, cursor)
  if (start === 0 && items.length <= size) return { items, next: {} }
  const end = start + size
  const last = items[end - 1]
  return { items: items.slice(start, end), next: end < items.length && last !== undefined ? { nextCursor: toBase64(new TextEncoder().encode(keyOf(last))) } : {} }
}

function indexAfter<T>(items: readonly T[], keyOf: (item: T) => string, cursor: unknown): number {
  const key = typeof cursor === 'string' ? fromBase64(cursor) : undefined
  const index = key === undefined ? -1 : items.findIndex((item) => keyOf(item) === key)
  if (index < 0) throw new InvalidParamsError('Unknown cursor: start the list again without one')
  return index + 1
}
