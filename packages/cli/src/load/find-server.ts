/** Selects the server among the exports of a file, and calls the function that creates it. */
import { relative } from 'node:path'
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { closest, isMcpServer, type RunnableServer } from '@gangway/core/internal'
import type { SdkServer } from '@gangway/core/proxy'
import { exportsOf } from './exports.ts'
import { isFactory, isServer, kindOf, looksLikeSdkServer } from './export-kind.ts'
import { shortList } from '../suggest.ts'
import { loadError } from './load-error.ts'

const NAMES = ['default', 'mcp', 'server', 'app']

/** The argument of a factory function. */
export interface FactoryContext {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface Source {
  readonly file: string
  readonly module: object
  readonly exportName: string | undefined
  /** Arguments for a factory function. */
  readonly args: readonly string[]
}

export interface Found {
  readonly server: RunnableServer
  /** True if it serves one client at a time. */
  readonly single?: true
}

/** Undefined if no export was named and none of the default names is a server. */
export async function findServer(source: Source): Promise<Found | undefined> {
  const { file, module, exportName, args } = source
  const exports = exportsOf(module)
  const name = exportName ?? NAMES.find((candidate) => isServer(exports.get(candidate)) || (candidate === 'default' && isFactory(exports.get(candidate))))
  if (name === undefined) return undefined
  const value = lookUp(exports, name, file)
  if (isMcpServer(value)) return { server: value }
  if (looksLikeSdkServer(value)) return { server: (await import('./sdk-server.ts')).ofInstance(value as SdkServer, file), single: true }
  if (!isFactory(value)) throw new GangwayError('GANGWAY_E_NOT_A_SERVER', `"${name}" in ${file} is ${withArticle(kindOf(value))}, not a server. ${choices(exports, file)}`)
  return build(value, name, file, args)
}

/** The error if `findServer` finds none. */
export function noServer({ file, module }: Source): GangwayError {
  const exports = exportsOf(module)
  const servers = serversIn(exports)
  const [only, other] = servers.keys()
  if (only === undefined) return new GangwayError('GANGWAY_E_NO_SERVER', `${file} exports ${exports.size > 0 ? `no server, only ${list(exports)}` : 'nothing'}. Export the server: export default server`)
  const found = other === undefined ? `It exports ${only}` : `Available exports: ${list(servers)}`
  return new GangwayError('GANGWAY_E_NO_SERVER', `${file} has no default export that is a server. ${found}. Select ${other === undefined ? 'it' : 'one'}: gangway run ${relative(process.cwd(), file)}:${only}`)
}

function lookUp(exports: ReadonlyMap<string, unknown>, name: string, file: string): unknown {
  let members = exports
  let value: unknown
  const path: string[] = []
  for (const key of name.split('.')) {
    if (!members.has(key)) {
      const near = closest(key, members.keys())
      const [owner, kind] = path.length > 0 ? [`"${path.join('.')}" in ${file}`, 'member'] : [file, 'export']
      const found = members.size > 0 ? `Available ${kind}s: ${list(members)}` : `It has no ${kind}s`
      throw new GangwayError('GANGWAY_E_EXPORT_NOT_FOUND', `${owner} has no ${kind} "${key}". ${near ? `Did you mean "${[...path, near].join('.')}"?` : found}`)
    }
    value = members.get(key)
    members = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
    path.push(key)
  }
  return value
}

async function build(factory: (context: FactoryContext) => unknown, name: string, file: string, args: readonly string[]): Promise<Found> {
  const make = async (): Promise<unknown> => factory({ args, env: process.env })
  const built = await make().catch((error: unknown) => {
    const { code, message } = loadError(error, file, `calling "${name}"`)
    throw new GangwayError(code === 'GANGWAY_E_LOAD' ? 'GANGWAY_E_FACTORY' : code, message, { cause: error })
  })
  if (isMcpServer(built)) return { server: built }
  if (looksLikeSdkServer(built)) return { server: (await import('./sdk-server.ts')).ofFactory(built as SdkServer, make, file) }
  throw new GangwayError('GANGWAY_E_FACTORY', `The function "${name}" in ${file} returned ${withArticle(kindOf(built))}, not a server. Return the server from it`)
}

function choices(exports: ReadonlyMap<string, unknown>, file: string): string {
  const [first] = serversIn(exports).keys()
  const candidates = new Map([...exports].filter(([, value]) => isServer(value) || isFactory(value)))
  if (first !== undefined) return `Select a server: gangway run ${relative(process.cwd(), file)}:${first}`
  return candidates.size > 0 ? `Available exports: ${list(candidates)}` : `Available exports: ${list(exports)}`
}

const serversIn = (exports: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> => new Map([...exports].filter(([, value]) => isServer(value)))

const list = (exports: ReadonlyMap<string, unknown>): string => shortList([...exports].map(([name, value]) => `${name} (${kindOf(value)})`))

const withArticle = (kind: string): string => (kind === 'null' || kind === 'undefined' ? kind : `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`)
