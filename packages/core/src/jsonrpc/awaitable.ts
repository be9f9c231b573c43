/** What may be there at once, or later: whoever goes on at once saves a promise, which costs as much as most steps. */
export type Awaitable<T> = T | Promise<T>

/** Whatever `await` would wait for counts, such as the queries of many libraries. */
export const isLater = <T>(value: Awaitable<T>): value is Promise<T> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { readonly then?: unknown }).then === 'function'

/** `work().then(use, mend)`, at once where the work has ended at once. */
export function follow<T, R>(work: () => Awaitable<T>, use: (value: T) => Awaitable<R>, mend: (error: unknown) => Awaitable<R> = rethrow): Awaitable<R> {
  let value: Awaitable<T>
  try {
    value = work()
  } catch (error) {
    return mend(error)
  }
  return isLater(value) ? Promise.resolve(value).then(use, mend) : use(value)
}

function rethrow(error: unknown): never {
  throw error
}
