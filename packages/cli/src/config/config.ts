/** What a config file may say. The schema beside it checks it at run time, and that it says the same. */

/** What else `@gangway/auth` can be told of the tokens. */
export interface AuthSettings {
  /** The URL of the endpoint, where the audience is something else. @default authAudience */
  resource?: string
  /** All scopes that there are, for clients to choose from. @default authScopes */
  scopesSupported?: string[]
  /** What a scope includes, by its name. */
  implied?: Record<string, string[]>
  /** What the server is called, for people. */
  name?: string
  /** The URL of a page for developers. */
  documentation?: string
  /** Milliseconds for which a token is remembered that was found good. @default 300,000 for JWTs, 0 for opaque tokens */
  remember?: number
  /** Milliseconds that the issuer gets for each answer. @default 5,000 */
  timeout?: number
  /** Where the keys of JWTs are. @default where the issuer's metadata says */
  keys?: string
  /** Signatures of JWTs that are accepted. @default RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA */
  algorithms?: string[]
  /** Milliseconds that a JWT may be early. @default 5,000 */
  clockTolerance?: number
  /** Whom to ask about opaque tokens, and as which client. */
  introspection?: { endpoint: string; clientId: string; clientSecret: string }
}

/** Paths start from the folder of the file. */
export interface Settings {
  /** The file to run, as `gangway run` takes it: `./server.ts`, `./server.ts:create`. */
  server?: string
  /** How clients reach it. @default stdio */
  transport?: 'stdio' | 'http' | 'streamable-http' | 'sse'
  /** Address to listen on. @default 127.0.0.1 */
  host?: string
  /** Port to listen on, 0 for any free one. @default PORT, or 8000 */
  port?: number | string
  /** Path of the endpoint. @default /mcp, or /sse */
  path?: string
  /** Hosts that clients may address; required to serve beyond this machine. @default loopback names */
  allowedHosts?: string[] | 'any'
  /** Origins of web pages that may call. @default pages served by the allowed hosts */
  allowedOrigins?: string[] | 'any'
  /** Whether sessions are kept, for clients of 2025 and before. @default stateful */
  sessions?: 'stateful' | 'stateless'
  /** Who issues the access tokens that callers need. @default nobody: all are let in */
  authIssuer?: string
  /** Whom those tokens must be for: the URL of the endpoint, as clients know it. */
  authAudience?: string
  /** What every caller must have been granted. @default nothing */
  authScopes?: string[]
  auth?: AuthSettings
  /** The least that is logged. @default info */
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Lines for people, or of JSON. @default pretty on a terminal, json elsewhere */
  logFormat?: 'pretty' | 'json'
  /** Print on a terminal what is served where. @default true */
  banner?: boolean
  /** On stdio, end with an error when the server prints to stdout. @default false */
  strictStdout?: boolean
  /** On stdio, keep even native code from stdout, by a process of its own. @default false */
  isolateStdout?: boolean
  /** Variables of the server, where they are not set. */
  env?: Record<string, string>
  /** Files of such variables; of one name, the last counts. */
  envFile?: string | string[]
  /** Arguments of the server, if none follow `--`. */
  args?: string[]
  /** Node to run it under, such as 24; fetched if this is another. */
  node?: string
  /** Packages that its files may import: `zod`, `zod@4`, `./lib.tgz`, `./lib`. */
  with?: string[]
  /** A package.json whose dependencies they may import. */
  packageJson?: string
  /** A project whose packages and tsconfig.json they use. */
  project?: string
}

export interface Config extends Settings {
  $schema?: string
  /** Settings that `--profile` lays over the others, by its name. */
  profiles?: Record<string, Settings>
}

/** Gives the config file of a project its types. Nothing else of the command is loaded for it. */
export const defineConfig = (config: Config): Config => config
