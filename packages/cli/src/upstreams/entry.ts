/** One server of an mcp.json: checked, with its variables filled in. */
import { resolve } from 'node:path'
import { closest, LEGACY_REVISIONS, MODERN_REVISIONS, type Revision } from '@gangway/core'
import type { Node } from 'jsonc-parser'
import { plainValue } from '../install/json-document.ts'
import { isHeader, isUrl, kindOfUrl } from './spec.ts'
import { expand } from './variables.ts'

/** What a proxy may do with one upstream. */
export interface EntryLimits {
  readonly revision?: Revision | undefined
  readonly maxConnections?: number | undefined
}

export type Entry = EntryLimits &
  (
    | { readonly kind: 'stdio'; readonly command: string; readonly args: readonly string[]; readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly secrets: readonly string[] }
    | { readonly kind: 'http' | 'sse'; readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly secrets?: readonly string[] }
  )

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where relative paths begin. */
  readonly folder: string
  /** `at` is the place of the fault in the file. */
  readonly fail: (fault: string, at: Node) => never
}

/** The last two are what Gemini and Windsurf call a url. */
const KEYS = ['command', 'args', 'env', 'cwd', 'url', 'type', 'transport', 'headers', 'httpUrl', 'serverUrl', 'revision', 'maxConnections'] as const
type Key = (typeof KEYS)[number]

const KINDS: Readonly<Record<string, Entry['kind']>> = { stdio: 'stdio', http: 'http', 'streamable-http': 'http', streamableHttp: 'http', sse: 'sse' }

export function toEntry(name: string, node: Node, { env, folder, fail }: Surroundings): Entry {
  if (node.type !== 'object') fail(`"${name}" is no object`, node)
  const values = new Map<string, Node>()
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (!key || !value) continue
    const near = (KEYS as readonly string[]).includes(key.value) ? undefined : closest(key.value, KEYS)
    if (near && !isForeign(key.value)) fail(`"${name}" has no use for "${key.value}": did you mean "${near}"?`, key)
    values.set(key.value, value)
  }
  /** Values of variables, which no message may show. */
  const secrets: string[] = []
  const filled = (value: Node, what: string): string => {
    if (!['string', 'number', 'boolean'].includes(value.type)) fail(`${what} of "${name}" is no text`, value)
    return expand(String(value.value), env, (fault) => fail(`in ${what} of "${name}", ${fault}`, value), (used) => secrets.push(used))
  }
  const text = (key: Key): string | undefined => {
    const value = values.get(key)
    return value && filled(value, `"${key}"`)
  }
  const texts = (key: Key): Record<string, string> => {
    const value = values.get(key)
    if (!value) return {}
    if (value.type !== 'object') fail(`"${key}" of "${name}" is no object`, value)
    return Object.fromEntries((value.children ?? []).flatMap(({ children: [member, one] = [] }) => (member && one && plainValue(one) !== null ? [[String(member.value), filled(one, `"${String(member.value)}"`)]] : [])))
  }
  const limits = limitsOf(text('revision'), text('maxConnections'), (key, fault) => fail(`"${key}" of "${name}" ${fault}`, values.get(key) ?? node))
  const kind = kindOf(text('type') ?? text('transport'), name, (fault) => fail(fault, values.get('type') ?? values.get('transport') ?? node))
  const command = text('command')
  const url = text('url') ?? text('httpUrl') ?? text('serverUrl')
  if (command !== undefined && url !== undefined) fail(`"${name}" has a command and a url: leave one out`, node)
  if (url !== undefined) {
    if (kind === 'stdio') return fail(`"${name}" has a url, and stdio needs a command: leave "type" out`, node)
    if (!isUrl(url) || !URL.canParse(url)) fail(`"url" of "${name}" is no HTTP address: write it as https://host/path`, values.get('url') ?? node)
    const headers = texts('headers')
    const [wrong] = Object.entries(headers).filter(([header, value]) => !isHeader(header, value))
    if (wrong) fail(`HTTP cannot carry the header "${wrong[0]}" of "${name}": use letters that it has`, values.get('headers') ?? node)
    return { kind: kind ?? kindOfUrl(url), url, headers, secrets, ...limits }
  }
  if (command === undefined) return fail(`"${name}" has neither a command nor a url: add the one that it is reached by`, node)
  if (kind && kind !== 'stdio') fail(`"${name}" has a command, and ${kind} needs a url: leave "type" out`, node)
  const args = values.get('args')
  if (args && args.type !== 'array') fail(`"args" of "${name}" is no list: write ["…", "…"]`, args)
  const own = texts('env')
  const words = (args?.children ?? []).map((one) => filled(one, '"args"'))
  return { kind: 'stdio', command, args: words, env: own, cwd: resolve(folder, text('cwd') ?? '.'), secrets: [...secrets, ...Object.values(own), ...secretArguments(words)], ...limits }
}

const REVISIONS: readonly string[] = [...LEGACY_REVISIONS, ...MODERN_REVISIONS]

function limitsOf(revision: string | undefined, maxConnections: string | undefined, fail: (key: Key, fault: string) => never): EntryLimits {
  if (revision !== undefined && !REVISIONS.includes(revision)) fail('revision', `must be one of ${REVISIONS.join(', ')}`)
  const count = maxConnections === undefined ? undefined : Number(maxConnections)
  if (count !== undefined && !(Number.isSafeInteger(count) && count > 0)) fail('maxConnections', 'must be a whole number, 1 or more')
  return { ...(revision !== undefined && { revision: revision as Revision }), ...(count !== undefined && { maxConnections: count }) }
}

const isSecret = (option: string): boolean => /^-.*(?:token|secret|passw|key|credential|auth)/i.test(option)

/** The values behind options whose names say that they are secret: `--api-key x`, `--token=x`. */
function secretArguments(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    const [option = '', ...value] = argument.split('=')
    if (value.length > 0) return isSecret(option) ? [value.join('=')] : []
    return isSecret(args[index - 1] ?? '') && !(args[index - 1] ?? '').includes('=') ? [argument] : []
  })
}

/** Hosts have keys of their own, some of them close to ours. */
const isForeign = (key: string): boolean => ['dev', 'tags'].includes(key)

function kindOf(type: string | undefined, name: string, fail: (fault: string) => never): Entry['kind'] | undefined {
  if (type === undefined) return undefined
  const kind = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  const near = closest(type, Object.keys(KINDS))
  return kind ?? fail(`"${name}" is of type "${type}": ${near ? `did you mean ${near}? ` : ''}use stdio, http or sse`)
}
