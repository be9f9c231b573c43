/** Public names of the tools, prompts and resources behind `proxyAll()`, and the mapping back from a public name to its upstream. */
import { isObject } from '../util/is-object.ts'
import { parseUriTemplate } from '../definition/uri-template.ts'
import type { Lists } from './forwarded-definition.ts'
import { MAX_URI_LENGTH } from '../definition/uri-length.ts'

/** Returns the upstream that a public tool or prompt name belongs to. If several match, the longest upstream name wins. */
export function ownerOf(publicName: string, upstreams: Iterable<string>): string | undefined {
  let owner: string | undefined
  for (const name of upstreams) if (publicName.startsWith(`${name}_`) && name.length > (owner?.length ?? -1)) owner = name
  return owner
}

/**
 * Maps the upstream's own names to public names: `add` of `till` becomes `till_add`. A repeated name is mapped once.
 * If a public name could belong to another upstream, more underscores are inserted: next to an upstream `till_x`, `x_pay` of `till` becomes `till__x_pay`.
 * Only the configured upstream names decide this, so a public name keeps its meaning whichever upstream starts first.
 */
export function publicNames(own: readonly string[], upstream: string, upstreams: readonly string[]): Map<string, string> {
  const usual = (name: string): string => `${upstream}_${name}`
  const isOurs = (name: string): boolean => ownerOf(name, upstreams) === upstream
  const taken = new Set(own.map(usual).filter(isOurs))
  const unique = (name: string): string => {
    if (isOurs(usual(name))) return usual(name)
    let longer = `${upstream}__${name}`
    while (!isOurs(longer) || taken.has(longer)) longer = longer.replace(`${upstream}_`, `${upstream}__`)
    taken.add(longer)
    return longer
  }
  const names = new Map<string, string>()
  for (const name of own) if (!names.has(name)) names.set(name, unique(name))
  return names
}

/** Inserts the upstream's name: `shop://stock` of `till` becomes `shop://till/stock`. In a URI without `//`, the name follows the scheme. */
export const toPublicUri = (uri: string, upstream: string): string => uri.replace(/^([^:/?#]*:(?:\/\/)?)?/, `$1${upstream}/`)

/** Reverses `toPublicUri`. Returns undefined if the URI does not belong to this upstream. */
export function toOwnUri(uri: string, upstream: string): string | undefined {
  const [, scheme = '', rest = ''] = /^([^:/?#]*:(?:\/\/)?)?(.*)$/s.exec(uri) ?? []
  return rest.startsWith(`${upstream}/`) ? scheme + rest.slice(upstream.length + 1) : undefined
}

/** Returns a function that tells whether the upstream lists a URI or has a template for it. Other URIs, such as links to web pages, stay unchanged. */
export function servedUris({ resources, templates }: Lists): (uri: string) => boolean {
  const listed = new Set(resources.map(({ uri }) => uri))
  const matchers = templates.flatMap(({ uriTemplate }) => {
    try {
      return [parseUriTemplate(uriTemplate)]
    } catch {
      return [] // Unsupported template syntax: its URIs are not rewritten.
    }
  })
  return (uri) => listed.has(uri) || (uri.length <= MAX_URI_LENGTH && matchers.some(({ match }) => match(uri) !== undefined))
}

/** Rewrites the URIs of the upstream's resources in a result to public URIs. Copies only the objects that change. */
export function withPublicUris<T>(node: T, upstream: string, isServed: (uri: string) => boolean): T {
  if (Array.isArray(node)) return node.map((item) => withPublicUris(item, upstream, isServed)) as T
  if (!isObject(node)) return node
  const { contents, content, messages, resource, uri } = node
  const inside = Object.entries({ contents, content, messages, resource }).filter(([, value]) => typeof value === 'object' && value !== null)
  if (inside.length === 0 && (typeof uri !== 'string' || !isServed(uri))) return node
  return {
    ...node,
    ...(typeof uri === 'string' && isServed(uri) && { uri: toPublicUri(uri, upstream) }),
    ...Object.fromEntries(inside.map(([member, value]) => [member, withPublicUris(value, upstream, isServed)])),
  }
}
