/** Expands `${NAME}` in the strings of a config file. */

/** `$${` is an escaped `${`, and `\}` in a default is an escaped `}`. */
const REFERENCE = /\$(\$\{)|\$\{([A-Za-z_]\w*)(:-((?:[^}\\]|\\.)*))?\}/g

/** `lookup` returns the value of a variable. `missing` is called for a variable that is not set and has no default, with the path of the string. */
export function interpolate(value: unknown, lookup: (name: string) => string | undefined, missing: (name: string, path: readonly (string | number)[]) => never, path: readonly (string | number)[] = []): unknown {
  if (typeof value === 'string') {
    return value.replaceAll(REFERENCE, (_, escaped: string | undefined, name: string, hasDefault: string | undefined, fallback: string | undefined) => {
      if (escaped !== undefined) return escaped
      const found = lookup(name)
      if (hasDefault !== undefined) return found || (fallback ?? '').replaceAll('\\}', '}') // As in a shell, the default also replaces an empty value.
      return found ?? missing(name, path)
    })
  }
  if (Array.isArray(value)) return value.map((item: unknown, index) => interpolate(item, lookup, missing, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, lookup, missing, [...path, key])]))
}
