/** The process around us, where there is one. Looked up, never imported: this package runs in runtimes without any. */

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** As much of Node's `process` as is used here; Bun and Deno offer the same. */
export interface HostProcess {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stderr?: { readonly isTTY?: boolean; on?(event: 'error', listener: () => void): unknown }
  cwd(): string
  exit(code: number): never
  on(signal: Signal, listener: (signal: Signal) => void): unknown
  getBuiltinModule(name: 'node:module'): { createRequire(from: string): { resolve(specifier: string): string } }
  getBuiltinModule(name: 'node:url'): { pathToFileURL(path: string): URL }
}

export const hostProcess = (): HostProcess | undefined => (globalThis as { process?: HostProcess }).process

/** The variable's value; undefined where it is unset or empty. */
export const variable = (name: string): string | undefined => hostProcess()?.env[name] || undefined
