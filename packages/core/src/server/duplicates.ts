/** Equal items in the arrays of a JSON value. */
import { isObject } from '../jsonrpc/is-object.ts'

/** Whether any array in the value, itself included, has more items than that. */
export function hasLongArray(value: unknown, length: number): boolean {
  if (Array.isArray(value) && value.length > length) return true
  return (Array.isArray(value) || isObject(value)) && Object.values(value).some((item) => hasLongArray(item, length))
}

/** Whether any array in the value, itself included, has an item twice. Each item is looked at once, however many there are. */
export function hasDuplicates(value: unknown): boolean {
  let found = false
  /** A text that is the same for values that are equal. */
  const keyOf = (node: unknown): string => {
    if (Array.isArray(node)) {
      const keys = node.map(keyOf)
      found ||= new Set(keys).size < keys.length
      return `[${keys.join()}]`
    }
    if (!isObject(node)) return JSON.stringify(node)
    const members = Object.keys(node).toSorted()
    return `{${members.map((name) => `${JSON.stringify(name)}:${keyOf(node[name])}`).join()}}`
  }
  keyOf(value)
  return found
}
