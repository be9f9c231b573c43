/** How deeply a JSON value is nested: recursive code must not meet one without bound. */
import { isObject } from './is-object.ts'

/** Arrays and objects inside each other. */
export const MAX_DEPTH = 64

/** Walks level by level, so that its own stack does not grow. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  let level: unknown[] = [value]
  for (let left = depth; level.length > 0; left--) {
    if (left < 0) return true
    level = level.flatMap((node) => (Array.isArray(node) ? node : isObject(node) ? Object.values(node) : []))
  }
  return false
}
