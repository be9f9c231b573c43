/** Options that nobody reads are refused: a misspelt one would pass for one that is set. */
import { closest } from './closest.ts'
import { GangwayError } from './gangway-error.ts'
import { isObject } from './jsonrpc/is-object.ts'

/** A text in quotes, which a number has none of. */
export const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : typeof value === 'function' ? 'a function' : String(value))

/** Of each option, so that the compiler sees to it that none is missing. */
export type OptionNames<T> = { readonly [Name in keyof T]-?: true }

/** `where` is what takes the options, such as `http()`; `meant`, what other libraries call them. One that is undefined counts as left out. Throws `GANGWAY_E_USAGE`. */
export function checkOptions(where: string, options: unknown, names: object, meant: ReadonlyMap<string, string> = new Map()): void {
  if (!isObject(options)) throw new GangwayError('GANGWAY_E_USAGE', `${where} takes an object with its options, not ${shown(options)}`)
  const unknown = Object.keys(options).find((name) => options[name] !== undefined && !Object.hasOwn(names, name))
  if (unknown === undefined) return
  const near = meant.get(unknown) ?? closest(unknown, Object.keys(names))
  throw new GangwayError('GANGWAY_E_USAGE', `${where} has no option "${unknown}": ${near ? `did you mean "${near}"?` : `use ${Object.keys(names).join(', ')}`}`)
}
