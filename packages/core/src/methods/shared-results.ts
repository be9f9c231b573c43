/** Results, and parts of them, that are the same for everybody who asks: how they look in a revision, and the JSON of that, is made once. */
import type { Result } from '../jsonrpc/message.ts'
import type { Revision } from '../protocol/revisions.ts'

/** By what it is made of, which never changes. */
const made = new WeakMap<object, object>()
const projections = new WeakMap<Result, Map<Revision, Result>>()
/** Of projections and parts; empty until it is needed. */
const jsons = new WeakMap<object, string>()

/** The one result that is made of this. */
export const sharedResult = (source: object, make: () => Result): Result => once(source, make, (result) => projections.set(result, new Map()))

/** The same for a part that is in many results. */
export const sharedPart = <T extends object>(source: object, make: () => T): T => once(source, make, (part) => jsons.set(part, ''))

function once<T extends object>(source: object, make: () => T, register: (value: T) => unknown): T {
  const known = made.get(source) as T | undefined
  if (known) return known
  const value = make()
  made.set(source, value)
  register(value)
  return value
}

/** What `project` gives, at once where the result is the same for everybody. */
export function projectOnce(result: Result, revision: Revision, project: () => Result): Result {
  const known = projections.get(result)
  if (!known) return project()
  const projected = known.get(revision) ?? project()
  known.set(revision, projected)
  if (!jsons.has(projected)) jsons.set(projected, '')
  return projected
}

/** The JSON of what is the same for everybody; undefined for all else. */
export function sharedJson(projected: object): string | undefined {
  const known = jsons.get(projected)
  if (known !== '') return known
  const json = JSON.stringify(projected)
  jsons.set(projected, json)
  return json
}
