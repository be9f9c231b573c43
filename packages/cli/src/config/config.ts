/** What a config file may say. The schema beside it checks it at run time, and that it says the same. */

/** What else `@gangway/auth` can be told of the tokens. Times are in milliseconds. */
export interface AuthSettings {
  resource?: string
  scopesSupported?: string[]
  implied?: Record<string, string[]>
  name?: string
  documentation?: string
  remember?: number
  timeout?: number
  /** Of JWTs. */
  keys?: string
  algorithms?: string[]
  clockTolerance?: number
  /** Of opaque tokens. */
  introspection?: { endpoint: string; clientId: string; clientSecret: string }
}

export interface Settings {
  /** The file to run, as `gangway run` takes it: `./server.ts`, `./server.ts:create`. */
  server?: string
  transport?: 'stdio' | 'http' | 'streamable-http' | 'sse'
  host?: string
  port?: number | string
  path?: string
  allowedHosts?: string[] | 'any'
  allowedOrigins?: string[] | 'any'
  sessions?: 'stateful' | 'stateless'
  authIssuer?: string
  authAudience?: string
  authScopes?: string[]
  auth?: AuthSettings
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  logFormat?: 'pretty' | 'json'
  banner?: boolean
  strictStdout?: boolean
  isolateStdout?: boolean
  env?: Record<string, string>
  envFile?: string | string[]
  args?: string[]
  node?: string
  with?: string[]
  packageJson?: string
  project?: string
}

export interface Config extends Settings {
  $schema?: string
  /** Settings that `--profile` lays over the others, by its name. */
  profiles?: Record<string, Settings>
}

/** Gives the config file of a project its types. Nothing else of the command is loaded for it. */
export const defineConfig = (config: Config): Config => config
