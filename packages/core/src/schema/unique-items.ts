/** Finds equal items in the arrays of a JSON value without comparing all pairs of items. */
import { isObject } from '../util/is-object.ts'

export interface Duplicates {
  /** Whether any array, at any depth, has two equal items. */
  readonly found: boolean
  /** How many values a validator visits if it compares all pairs of items of every array. A long string is treated as several values. */
  readonly cost: number
}

/** Takes time linear in the size of the value, multiplied by its depth. */
export function findDuplicates(value: unknown): Duplicates {
  let found = false
  let cost = 0
  /** Returns a text that is equal for equal values, and the number of values in the node. */
  const visit = (node: unknown): { key: string; size: number } => {
    if (Array.isArray(node)) {
      const items = node.map(visit)
      const size = 1 + items.reduce((sum, item) => sum + item.size, 0)
      const keys = items.map(({ key }) => key)
      found ||= new Set(keys).size < keys.length
      cost += items.length * size
      return { key: `[${keys.join()}]`, size }
    }
    if (!isObject(node)) {
      const key = JSON.stringify(node)
      return { key, size: 1 + Math.floor(key.length / 64) }
    }
    const members = Object.keys(node).toSorted().map((name) => ({ name, ...visit(node[name]) }))
    return { key: `{${members.map(({ name, key }) => `${JSON.stringify(name)}:${key}`).join()}}`, size: 1 + members.reduce((sum, { size }) => sum + size, 0) }
  }
  visit(value)
  return { found, cost }
}
