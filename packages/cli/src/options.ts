/** Parsers for the values of command-line options. They throw `InvalidArgumentError` with what was expected. */
import { InvalidArgumentError } from 'commander'

/** Values of a repeatable option; 'any' overrides the others. */
export type Names = readonly string[] | 'any'

/** `aliases` maps other words to values. */
export const oneOf = (values: readonly string[], aliases: Readonly<Record<string, string>> = {}) => (text: string): string => {
  const value = Object.hasOwn(aliases, text) ? aliases[text] : text
  if (value === undefined || !values.includes(value)) throw new InvalidArgumentError(`expected ${values.join(', ').replace(/, ([^,]*)$/, ' or $1')}`)
  return value
}

export function parsePort(value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) throw new InvalidArgumentError('expected a whole number from 0 to 65535')
  return port
}

/** May end with an export: `package:name`. */
export function parsePackageName(value: string): string {
  if (!/^(@[\w~][\w.~-]*\/)?[\w~][\w.~-]*([:#].+)?$/.test(value)) throw new InvalidArgumentError('expected a package name. To run a file, remove -m')
  return value
}

export function parsePath(value: string): string {
  if (!value.startsWith('/')) throw new InvalidArgumentError('expected a path that starts with /')
  return value
}

/** Separated by commas, or by spaces as in OAuth. */
export const parseScopes = (value: string): readonly string[] => value.split(/[\s,]+/).filter((scope) => scope !== '')

export const collectScopes = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), ...parseScopes(value)]

export function collectNames(value: string, earlier: Names | undefined): Names {
  return value === 'any' || earlier === 'any' ? 'any' : [...(earlier ?? []), value]
}

export const collect = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), value]

/** Accepts the same values as `switchVariable` in core. */
export function parseSwitch(value: string): boolean {
  if (!['1', 'true', '0', 'false'].includes(value)) throw new InvalidArgumentError('expected true or false')
  return value === '1' || value === 'true'
}
