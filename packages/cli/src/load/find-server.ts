/** From what a file exports to its server. */
import process from 'node:process'
import { closest, GangwayError, isMcpServer, type McpServer } from '@gangway/core'
import type { ProxyServer, SdkServer } from '@gangway/core/proxy'
import { exportsOf } from './exports.ts'
import { isFactory, isServer, kindOf, looksLikeSdkServer } from './kind.ts'
import { loadError } from './load-error.ts'

const NAMES = ['default', 'mcp', 'server', 'app']

/** What a factory is told. */
export interface FactoryContext {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface Source {
  readonly file: string
  readonly module: object
  readonly exportName: string | undefined
  /** For a factory. */
  readonly args: readonly string[]
}

export interface Found {
  readonly server: McpServer | ProxyServer
  /** Serves one client at a time. */
  readonly single?: true
}

/** Undefined if no export was named and none is a server. */
export async function findServer(source: Source): Promise<Found | undefined> {
  const { file, module, exportName, args } = source
  const exports = exportsOf(module)
  const name = exportName ?? NAMES.find((candidate) => isServer(exports.get(candidate)) || (candidate === 'default' && isFactory(exports.get(candidate))))
  if (name === undefined) return undefined
  const value = lookUp(exports, name, file)
  if (isMcpServer(value)) return { server: value }
  if (looksLikeSdkServer(value)) return { server: (await import('./sdk-server.ts')).ofInstance(value as SdkServer, file), single: true }
  if (!isFactory(value)) throw new GangwayError('GANGWAY_E_NOT_A_SERVER', `"${name}" in ${file} is not a server but ${withArticle(kindOf(value))}: ${choices(exports)}`)
  return build(value, name, file, args)
}

/** For the case that `findServer` finds none. */
export function noServer({ file, module }: Source): GangwayError {
  const exports = exportsOf(module)
  const found = exports.size > 0 ? `but ${list(exports)}` : 'and nothing else'
  return new GangwayError('GANGWAY_E_NO_SERVER', `${file} exports no server, ${found}: export default the server, or name its export, ${file}:name`)
}

function lookUp(exports: ReadonlyMap<string, unknown>, name: string, file: string): unknown {
  let members = exports
  let value: unknown
  const path: string[] = []
  for (const key of name.split('.')) {
    if (!members.has(key)) {
      const near = closest(key, members.keys())
      const owner = path.length > 0 ? `"${path.join('.')}" in ${file} has no member` : `${file} has no export`
      const found = members.size > 0 ? `there is ${list(members)}` : 'there is nothing'
      throw new GangwayError('GANGWAY_E_EXPORT_NOT_FOUND', `${owner} "${key}": ${near ? `did you mean ${[...path, near].join('.')}? ` : ''}${found}`)
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
    const { code, message } = loadError(error, file, `"${name}" was called`)
    throw new GangwayError(code === 'GANGWAY_E_LOAD' ? 'GANGWAY_E_FACTORY' : code, message, { cause: error })
  })
  if (isMcpServer(built)) return { server: built }
  if (looksLikeSdkServer(built)) return { server: (await import('./sdk-server.ts')).ofFactory(built as SdkServer, make, file) }
  throw new GangwayError('GANGWAY_E_FACTORY', `The function "${name}" in ${file} returned ${withArticle(kindOf(built))} where a server was expected: return the server that it makes`)
}

function choices(exports: ReadonlyMap<string, unknown>): string {
  const servers = [...exports].filter(([, value]) => isServer(value) || isFactory(value))
  return servers.length > 0 ? `name one of ${list(new Map(servers))}` : `there is ${list(exports)}`
}

const list = (exports: ReadonlyMap<string, unknown>): string => [...exports].map(([name, value]) => `${name}: ${kindOf(value)}`).join(', ')

const withArticle = (kind: string): string => (kind === 'null' || kind === 'undefined' ? kind : `${/^[aeiou]/i.test(kind) ? 'an' : 'a'} ${kind}`)
