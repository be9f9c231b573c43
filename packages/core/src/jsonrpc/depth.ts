/** How deeply a JSON value is nested: recursive code must not meet one without bound. */

/** Arrays and objects inside each other. */
export const MAX_DEPTH = 64

/** Goes no deeper than that itself, and looks at nothing but arrays and objects. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (!isNested(value)) return false
  if (depth === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isNested(item) && isDeeperThan(item, depth - 1)) return true
  } else {
    // A list of the values would take three times as long to make.
    for (const name in value) if (isDeeperThan(value[name as keyof object], depth - 1)) return true
  }
  return false
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null
