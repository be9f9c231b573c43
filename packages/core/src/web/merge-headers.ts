/** Headers with lists as values. The host application may already have set them on the reply, so their values are merged. */
const LISTS: readonly string[] = ['vary', 'access-control-expose-headers']

/** Returns the headers `added`. A list header also keeps the values that the reply already has; `current` returns them. */
export function withHeaders(current: (name: string) => unknown, added: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(added).map(([name, value]) => [name, LISTS.includes(name) ? union(current(name), value) : value]))
}

/** Returns the response with the headers `added`. List headers also keep the values that the reply already has; `current` returns them. */
export function withResponse(response: Response, current: (name: string) => unknown, added: Readonly<Record<string, string>>): Response {
  const lists = Object.fromEntries(LISTS.filter((name) => response.headers.has(name)).map((name) => [name, response.headers.get(name) ?? '']))
  const begun = withHeaders(current, lists)
  const merged = { ...begun, ...withHeaders((name) => begun[name] ?? current(name), added) }
  if (Object.keys(merged).length === 0) return response
  const copy = new Response(response.body, response) // The headers of a fetched response are immutable.
  for (const [name, value] of Object.entries(merged)) copy.headers.set(name, value)
  return copy
}

function union(current: unknown, added: string): string {
  const names = [current ?? [], added].flat().flatMap((list) => String(list).split(',')).map((name) => name.trim())
  const byName = new Map(names.map((name) => [name.toLowerCase(), name]))
  return [...byName.values()].join(', ')
}
