/** The process around us, where there is one. Looked up, never imported: this package runs in runtimes without any. */
import { GangwayError } from '../gangway-error.ts'

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** As much of Node's `AsyncLocalStorage` as is used here. */
export interface AsyncStorage<Store> {
  run<T>(store: Store, work: () => T): T
  getStore(): Store | undefined
}

/** As much of Node's `process` as is used here; Bun and Deno offer the same. */
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

/** The variable's value; undefined where it is unset or empty. */
export const variable = (name: string): string | undefined => hostProcess()?.env[name] || undefined

const SWITCH: ReadonlyMap<string, boolean> = new Map([['1', true], ['true', true], ['0', false], ['false', false]])

/** The same for what is either on or off. Throws `GANGWAY_E_USAGE`. */
export function switchVariable(name: string): boolean | undefined {
  const value = variable(name)
  if (value === undefined) return undefined
  if (!SWITCH.has(value)) throw new GangwayError('GANGWAY_E_USAGE', `${name} must be true or false, not "${value}"`)
  return SWITCH.get(value)
}
