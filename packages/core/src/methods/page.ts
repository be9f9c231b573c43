/** One page of a list, and the cursor of the next. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import type { Params } from '../jsonrpc/message.ts'
import { fromBase64, toBase64 } from '../server/base64.ts'
import { sharedResult } from './shared-results.ts'

/** The result of a list method. */
export type Page<Name extends string, T> = { readonly [K in Name]: readonly T[] } & { readonly nextCursor?: string }

/**
 * A cursor names the last item of the page before, so any process with the same definition can go on from it.
 * Throws `InvalidParamsError` for a cursor whose item is not in the list, or not any more.
 */
export function page<Name extends string, T>(name: Name, items: readonly T[], keyOf: (item: T) => string, { cursor }: Params, size: number = Number.POSITIVE_INFINITY): Page<Name, T> {
  const start = cursor === undefined ? 0 : indexAfter(items, keyOf, cursor)
  if (start === 0 && items.length <= size) return sharedResult(items, () => ({ [name]: items })) as Page<Name, T>
  const end = start + size
  const last = items[end - 1]
  return { [name]: items.slice(start, end), ...(end < items.length && last !== undefined && { nextCursor: toBase64(new TextEncoder().encode(keyOf(last))) }) } as Page<Name, T>
}

function indexAfter<T>(items: readonly T[], keyOf: (item: T) => string, cursor: unknown): number {
  const key = typeof cursor === 'string' ? fromBase64(cursor) : undefined
  const index = key === undefined ? -1 : items.findIndex((item) => keyOf(item) === key)
  if (index < 0) throw new InvalidParamsError('Unknown cursor: start the list again without one')
  return index + 1
}
