/** Validates one server of an mcp.json and expands its variables. */
import { resolve } from 'node:path'
import type { Revision } from '@gangway/core'
import { closest, LEGACY_REVISIONS, MODERN_REVISIONS } from '@gangway/core/internal'
import type { Node } from 'jsonc-parser'
import { plainValue } from '../jsonc.ts'
import { isLimit } from './limit-options.ts'
import { isHeader, isUrl, kindOfUrl } from './parse-target.ts'
import { expand } from './expand-variables.ts'

/** Limits for the proxy's connections to one upstream. */
export interface EntryLimits {
  readonly revision?: Revision | undefined
  readonly maxConnections?: number | undefined
}

export type Entry = EntryLimits &
  (
    | { readonly kind: 'stdio'; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly secrets: readonly string[] }
    | { readonly kind: 'http' | 'sse'; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly secrets?: readonly string[] }
  )

/** By name, in order. The name of a URL is empty. */
export interface Upstreams extends ReadonlyMap<string, Entry> {
  /** The `maxProcesses` of the file: a limit for the processes of all upstreams together. */
  readonly maxProcesses?: number
}

export interface EntryContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The base of relative paths. */
  readonly folder: string
  /** Throws. `at` is the node whose position the message reports. */
  readonly fail: (fault: string, at: Node) => never
}

/** `httpUrl` and `serverUrl` are the names of `url` in Gemini and Windsurf. */
const KEYS = ['command', 'args', 'env', 'cwd', 'url', 'type', 'transport', 'headers', 'httpUrl', 'serverUrl', 'revision', 'maxConnections'] as const
type Key = (typeof KEYS)[number]

const KINDS: Readonly<Record<string, Entry['kind']>> = { stdio: 'stdio', http: 'http', 'streamable-http': 'http', streamableHttp: 'http', sse: 'sse' }

export function toEntry(name: string, node: Node, { env, folder, fail }: EntryContext): Entry {
  if (node.type !== 'object') fail(`"${name}" must be an object`, node)
  const values = new Map<string, Node>()
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (!key || !value) continue
    const near = (KEYS as readonly string[]).includes(key.value) ? undefined : closest(key.value, KEYS)
    if (near && !isForeign(key.value)) fail(`Unknown key "${key.value}" in "${name}". Did you mean "${near}"?`, key)
    values.set(key.value, value)
  }
  /** Values of variables. Messages must not show them. */
  const secrets: string[] = []
  const filled = (value: Node, what: string): string => {
    if (!['string', 'number', 'boolean'].includes(value.type)) fail(`${what} of "${name}" must be a string`, value)
    return expand(String(value.value), env, (fault) => fail(`Invalid ${what} of "${name}": ${fault}`, value), (used) => secrets.push(used))
  }
  const text = (key: Key): string | undefined => {
    const value = values.get(key)
    return value && filled(value, `"${key}"`)
  }
  const texts = (key: Key): Record<string, string> => {
    const value = values.get(key)
    if (!value) return {}
    if (value.type !== 'object') fail(`"${key}" of "${name}" must be an object`, value)
    return Object.fromEntries((value.children ?? []).flatMap(({ children: [member, one] = [] }) => (member && one && plainValue(one) !== null ? [[String(member.value), filled(one, `"${String(member.value)}"`)]] : [])))
  }
  const limits = limitsOf(text('revision'), text('maxConnections'), (key, fault) => fail(`"${key}" of "${name}" ${fault}`, values.get(key) ?? node))
  const kind = kindOf(text('type') ?? text('transport'), name, (fault) => fail(fault, values.get('type') ?? values.get('transport') ?? node))
  const command = text('command')
  const url = text('url') ?? text('httpUrl') ?? text('serverUrl')
  if (command !== undefined && url !== undefined) fail(`"${name}" has both "command" and "url". Remove one of them`, node)
  if (url !== undefined) {
    if (kind === 'stdio') return fail(`"${name}" has a "url", but its type is stdio. Remove "type"`, node)
    if (!isUrl(url) || !URL.canParse(url)) fail(`"url" of "${name}" is not a valid HTTP URL. Write it as https://host/path`, values.get('url') ?? node)
    const headers = texts('headers')
    const [wrong] = Object.entries(headers).filter(([header, value]) => !isHeader(header, value))
    if (wrong) fail(`Invalid header "${wrong[0]}" of "${name}": it contains characters that HTTP does not allow`, values.get('headers') ?? node)
    return { kind: kind ?? kindOfUrl(url), url, headers, secrets, ...limits }
  }
  if (command === undefined) return fail(`"${name}" has neither "command" nor "url". Add one of them`, node)
  if (kind && kind !== 'stdio') fail(`"${name}" has a "command", but its type is ${kind}. Remove "type"`, node)
  const args = values.get('args')
  if (args && args.type !== 'array') fail(`"args" of "${name}" must be an array: ["…", "…"]`, args)
  const own = texts('env')
  const words = (args?.children ?? []).map((one) => filled(one, '"args"'))
  return { kind: 'stdio', command, args: words, env: own, cwd: resolve(folder, text('cwd') ?? '.'), secrets: [...secrets, ...Object.values(own)], ...limits }
}

const REVISIONS: readonly string[] = [...LEGACY_REVISIONS, ...MODERN_REVISIONS]

function limitsOf(revision: string | undefined, maxConnections: string | undefined, fail: (key: Key, fault: string) => never): EntryLimits {
  if (revision !== undefined && !REVISIONS.includes(revision)) fail('revision', `must be one of ${REVISIONS.join(', ')}`)
  const count = maxConnections === undefined ? undefined : Number(maxConnections)
  if (maxConnections !== undefined && !isLimit(maxConnections)) fail('maxConnections', 'must be a whole number of at least 1')
  return { ...(revision !== undefined && { revision: revision as Revision }), ...(count !== undefined && { maxConnections: count }) }
}

/** Keys of host applications that are close to ours but not misspelled. */
const isForeign = (key: string): boolean => ['dev', 'tags'].includes(key)

function kindOf(type: string | undefined, name: string, fail: (fault: string) => never): Entry['kind'] | undefined {
  if (type === undefined) return undefined
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  const near = closest(type, Object.keys(KINDS))
  return kind ?? fail(`Unknown type "${type}" of "${name}". ${near ? `Did you mean "${near}"?` : 'Use stdio, http or sse'}`)
}
