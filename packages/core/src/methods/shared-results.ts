/** Caches results, and parts of results, that are the same for every caller: their form in each revision, and their JSON. */
import type { Result } from '../jsonrpc/message.ts'
import type { Revision } from '../protocol/revisions.ts'

/** The shared value for each source object. Sources are immutable. */
const made = new WeakMap<object, object>()
const projections = new WeakMap<Result, Map<Revision, Result>>()
/** The JSON of shared values. An empty string means that the JSON has not been created yet. */
const jsons = new WeakMap<object, string>()

/** Returns the cached result for this source, and creates it on the first call. */
export const sharedResult = (source: object, make: () => Result): Result => once(source, make, (result) => projections.set(result, new Map()))

/** Like `sharedResult`, for a value that is a part of many results. */
export const sharedPart = <T extends object>(source: object, make: () => T): T => once(source, make, (part) => jsons.set(part, ''))

function once<T extends object>(source: object, make: () => T, register: (value: T) => unknown): T {
  const known = made.get(source) as T | undefined
  if (known) return known
  const value = make()
  made.set(source, value)
  register(value)
  return value
}

/** Returns `project()`. For a shared result, the return value is cached per revision. */
export function projectOnce(result: Result, revision: Revision, project: () => Result): Result {
  const known = projections.get(result)
  if (!known) return project()
  const projected = known.get(revision) ?? project()
  known.set(revision, projected)
  if (!jsons.has(projected)) jsons.set(projected, '')
  return projected
}

/** Returns the cached JSON of a shared value, and undefined for any other object. */
export function sharedJson(projected: object): string | undefined {
  const known = jsons.get(projected)
  if (known !== '') return known
  const json = JSON.stringify(projected)
  jsons.set(projected, json)
  return json
}
