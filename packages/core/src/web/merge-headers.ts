/** Headers that are lists, which somebody else on the same reply may have begun. */
const LISTS: ReadonlySet<string> = new Set(['vary', 'access-control-expose-headers'])

/** `added`, with what `current` has already of the lists among them. */
export function withHeaders(current: (name: string) => unknown, added: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(added).map(([name, value]) => [name, LISTS.has(name) ? union(current(name), value) : value]))
}

function union(current: unknown, added: string): string {
  const names = [current ?? [], added].flat().flatMap((list) => String(list).split(',')).map((name) => name.trim())
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]))
  return [...byName.values()].join(', ')
}
