/** A value, or a promise of it. Code that continues synchronously when it can saves a promise, which costs as much as most steps of a request. */
export type Awaitable<T> = T | Promise<T>

/** Whether the value is a thenable. Promises are not the only ones: the query builders of many database libraries are thenables, too. */
export const isLater = <T>(value: Awaitable<T>): value is Promise<T> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { readonly then?: unknown }).then === 'function'
