/** Returns one page of a list, with the cursor of the next page. */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import type { Params } from '../jsonrpc/message.ts'
import { fromBase64, toBase64 } from '../util/base64.ts'
import { optionalParam } from './params.ts'
import { sharedResult } from './result-json.ts'

/** The result of a list method. */
export type Page<Name extends string, T> = { readonly [K in Name]: readonly T[] } & { readonly nextCursor?: string }

/**
 * A cursor encodes the key of the last item of the previous page, so any process with the same definition can continue the list.
 * Throws `InvalidParamsError` if the list does not contain that item, for example because it was removed.
 */
export function page<Name extends string, T>(name: Name, items: readonly T[], keyOf: (item: T) => string, params: Params, size: number = Number.POSITIVE_INFINITY): Page<Name, T> {
  const cursor = optionalParam(params, 'cursor')
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
