/** Tool arguments that clients repeat in an HTTP header, so that gateways can route by them. Specification 2026-07-28: server/tools, `x-mcp-header`. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import { subschemas } from '../protocol/json-schema.ts'
import type { JsonSchema } from '../protocol/types/tool-types.ts'

export interface ParamHeader {
  /** The name of the header in lower case, such as `mcp-param-region`. */
  readonly header: string
  /** The property names that lead to the value in the arguments. */
  readonly path: readonly string[]
}

const KEYWORD = 'x-mcp-header'
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const TYPES = new Set<unknown>(['string', 'integer', 'boolean'])

/** Finds the arguments with `x-mcp-header`. Throws `GANGWAY_E_PARAM_HEADER` if the specification forbids the keyword's place or value. */
export function paramHeadersOf(schema: JsonSchema, where: string): ParamHeader[] {
  const found = collect(schema, [])
  if (occurrences(schema) > found.length) throw invalid(where, `only properties of the arguments and of nested objects can have "${KEYWORD}"`)
  const headers = found.map(({ node, path }) => {
    const { [KEYWORD]: name, type } = node
    if (typeof name !== 'string' || !TOKEN.test(name)) throw invalid(where, `"${KEYWORD}" of "${path.join('.')}" is not a header name`)
    if (!TYPES.has(type)) throw invalid(where, `"${path.join('.')}" has "${KEYWORD}", so it must be a string, an integer or a boolean`)
    return { header: `mcp-param-${name.toLowerCase()}`, path }
  })
  const names = headers.map(({ header }) => header)
  if (new Set(names).size < names.length) throw invalid(where, `two arguments have the same "${KEYWORD}"`)
  return headers
}

/** The argument that a header repeats; undefined if the arguments lack it. */
export const argumentAt = (args: unknown, path: readonly string[]): unknown =>
  path.reduce((node, step) => (isObject(node) && Object.hasOwn(node, step) ? node[step] : undefined), args)

/** Finds the keyword in schemas that are reachable through `properties` alone; the specification allows it nowhere else. */
function collect({ properties }: JsonSchema, path: readonly string[]): { node: JsonSchema; path: readonly string[] }[] {
  if (!isObject(properties)) return []
  return Object.entries(properties).flatMap(([name, node]) => {
    if (!isObject(node)) return []
    const here = [...path, name]
    return [...(KEYWORD in node ? [{ node, path: here }] : []), ...collect(node, here)]
  })
}

const occurrences = (schema: JsonSchema): number => subschemas(schema).reduce((sum, node) => sum + occurrences(node), KEYWORD in schema ? 1 : 0)

const invalid = (where: string, reason: string): GangwayError => new GangwayError('GANGWAY_E_PARAM_HEADER', `${where}: ${reason}`)
