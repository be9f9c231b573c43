/** A value, or a promise of it. Code that continues synchronously when it can saves a promise, which costs as much as most steps of a request. */
export type Awaitable<T> = T | Promise<T>

/** Whether the value is a thenable. Promises are not the only ones: the query builders of many database libraries are thenables, too. */
export const isLater = <T>(value: Awaitable<T>): value is Promise<T> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { readonly then?: unknown }).then === 'function'

/** Like `work().then(use, onError)`, but synchronous if `work` returns a plain value. An error that `work` throws goes to `onError`; an error of a synchronous `use` is thrown. */
export function chain<T, R>(work: () => Awaitable<T>, use: (value: T) => Awaitable<R>, onError: (error: unknown) => Awaitable<R> = rethrow): Awaitable<R> {
  let value: Awaitable<T>
  try {
    value = work()
  } catch (error) {
    return onError(error)
  }
  return isLater(value) ? Promise.resolve(value).then(use, onError) : use(value)
}

function rethrow(error: unknown): never {
  throw error
}
