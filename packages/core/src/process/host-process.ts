/** The process that this code runs in, if there is one. It is read from the global object, not imported, because some runtimes have no process. */
import { GangwayError } from '../gangway-error.ts'

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** The members of Node's `AsyncLocalStorage` that this package uses. */
export interface AsyncStorage<Store> {
  run<T>(store: Store, work: () => T): T
  getStore(): Store | undefined
}

/** The members of Node's `process` that this package uses. Bun and Deno have them too. */
export interface HostProcess {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stderr?: { readonly isTTY?: boolean; on(event: 'error', listener: () => void): unknown }
  readonly ppid: number
  readonly version: string
  cwd(): string
  exit(code: number): never
  on(signal: Signal, listener: (signal: Signal) => void): unknown
  on(event: 'unhandledRejection', listener: (error: unknown) => void): unknown
  on(event: 'uncaughtException', listener: (error: unknown, origin: 'uncaughtException' | 'unhandledRejection') => void): unknown
  getBuiltinModule(name: 'node:async_hooks'): { AsyncLocalStorage: new <Store>() => AsyncStorage<Store> }
  getBuiltinModule(name: 'node:module'): { createRequire(from: string): { resolve(specifier: string): string } }
  getBuiltinModule(name: 'node:util'): { inspect(value: unknown): string }
  getBuiltinModule(name: 'node:url'): { pathToFileURL(path: string): URL }
}

export const hostProcess = (): HostProcess | undefined => (globalThis as { process?: HostProcess }).process

/** The value of an environment variable; undefined if it is unset or empty. */
export const variable = (name: string): string | undefined => hostProcess()?.env[name] || undefined

const SWITCH: ReadonlyMap<string, boolean> = new Map([['1', true], ['true', true], ['0', false], ['false', false]])

/** The value of a boolean environment variable; undefined if it is unset or empty. Throws `GANGWAY_E_USAGE` for anything but true, false, 1 and 0. */
export function switchVariable(name: string): boolean | undefined {
  const value = variable(name)
  if (value === undefined) return undefined
  if (!SWITCH.has(value)) throw new GangwayError('GANGWAY_E_USAGE', `${name} must be true or false, not "${value}"`)
  return SWITCH.get(value)
}
