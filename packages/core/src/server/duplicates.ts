/** Equal items in the arrays of a JSON value, found without comparing each item with each. */
import { isObject } from '../jsonrpc/is-object.ts'

export interface Duplicates {
  /** Whether any array in the value, itself included, has two equal items. */
  readonly found: boolean
  /** How many values a validator visits that compares each item of every array with each other. A long text counts for several. */
  readonly cost: number
}

/** Takes time that is linear in the size of the value for each level of nesting. */
export function findDuplicates(value: unknown): Duplicates {
  let found = false
  let cost = 0
  /** A text that is the same for equal values, and the number of values in it. */
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
