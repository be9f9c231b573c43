/** How deeply a JSON value is nested: recursive code must not meet one without bound. */

/** Arrays and objects inside each other. */
export const MAX_DEPTH = 64

/** Walks level by level, so that its own stack does not grow, and looks at nothing but arrays and objects. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  let level = isNested(value) ? [value] : []
  for (let left = depth; level.length > 0; left--) {
    if (left === 0) return true
    level = level.flatMap((node) => Object.values(node).filter(isNested))
  }
  return false
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
