/** What `proxyAll()` calls the tools, prompts and resources of each upstream, and how such a name leads back to its upstream. */
import { isObject } from '../jsonrpc/is-object.ts'
import { parseUriTemplate } from '../server/uri-template.ts'
import type { Lists } from './forwarded-definition.ts'
import { MAX_URI_LENGTH } from '../server/uri-length.ts'

/** The upstream that a public tool or prompt name belongs to: of several that match, the one with the longest name. */
export function ownerOf(publicName: string, upstreams: Iterable<string>): string | undefined {
  let owner: string | undefined
  for (const name of upstreams) if (publicName.startsWith(`${name}_`) && name.length > (owner?.length ?? -1)) owner = name
  return owner
}

/**
 * Public names by the upstream's own names: `add` of `till` is `till_add`. A name that would read as one of another upstream gets further underscores: `x_pay` of `till` is `till__x_pay`
 * next to an upstream `till_x`. That depends on the configured names alone, so a name never comes to mean another upstream's tool, whichever starts first. A repeated name is left out.
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

/** `shop://stock` of `till` is `shop://till/stock`. In a URI without slashes, the name follows the scheme. */
export const toPublicUri = (uri: string, upstream: string): string => uri.replace(/^([^:/?#]*:(?:\/\/)?)?/, `$1${upstream}/`)

/** Undefined for the URI of another upstream. */
export function toOwnUri(uri: string, upstream: string): string | undefined {
  const [, scheme = '', rest = ''] = /^([^:/?#]*:(?:\/\/)?)?(.*)$/s.exec(uri) ?? []
  return rest.startsWith(`${upstream}/`) ? scheme + rest.slice(upstream.length + 1) : undefined
}

/** Whether an upstream serves a URI, as far as its lists tell. A link to a web page, a file or `data:` is not one of them. */
export function servedUris({ resources, templates }: Lists): (uri: string) => boolean {
  const listed = new Set(resources.map(({ uri }) => uri))
  const matchers = templates.flatMap(({ uriTemplate }) => {
    try {
      return [parseUriTemplate(uriTemplate)]
    } catch {
      return [] // Not a template that we can match: its URIs stay as they are.
    }
  })
  return (uri) => listed.has(uri) || (uri.length <= MAX_URI_LENGTH && matchers.some(({ match }) => match(uri) !== undefined))
}

/** A result with the URIs of the upstream's resources as clients of the proxy know them. Copies only what changes. */
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
