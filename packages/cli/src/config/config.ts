/** The types of a config file. schema.ts validates it at run time, and does not compile if the two differ. */

/** More options of `@gangway/auth`. */
export interface AuthSettings {
  /** The URL of the endpoint, if it differs from the audience. @default authAudience */
  resource?: string
  /** All scopes that the server uses, published for clients. @default authScopes */
  scopesSupported?: string[]
  /** The scopes that each scope includes. */
  implied?: Record<string, string[]>
  /** A display name for the server. */
  name?: string
  /** The URL of documentation for developers. */
  documentation?: string
  /** Milliseconds to cache a valid token. @default 300,000 for JWTs, 0 for opaque tokens */
  remember?: number
  /** Timeout in milliseconds for each request to the issuer. @default 5,000 */
  timeout?: number
  /** The URL of the issuer's signing keys (JWKS). @default the URL in the issuer's metadata */
  keys?: string
  /** Accepted signature algorithms of JWTs. @default RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA */
  algorithms?: string[]
  /** Milliseconds that the clocks of issuer and server may differ. @default 5,000 */
  clockTolerance?: number
  /** The introspection endpoint for opaque tokens, and the client's credentials. */
  introspection?: { endpoint: string; clientId: string; clientSecret: string }
}

/** Relative paths start from the folder of the config file. */
export interface Settings {
  /** The file to run: `./server.ts`, or `./server.ts:create` for one of its exports. */
  server?: string
  /** The transport to serve on. @default stdio */
  transport?: 'stdio' | 'http' | 'streamable-http' | 'sse'
  /** Address to listen on. @default 127.0.0.1 */
  host?: string
  /** Port to listen on; 0 picks a free port. @default PORT, or 8000 */
  port?: number | string
  /** Path of the endpoint. @default /mcp, or /sse */
  path?: string
  /** Accepted host names. Required if other machines can reach the address. @default loopback names */
  allowedHosts?: string[] | 'any'
  /** Origins of web pages that may call the server. @default pages served by the allowed hosts */
  allowedOrigins?: string[] | 'any'
  /** Whether legacy clients (protocol 2025-11-25 or earlier) get a session. @default stateful */
  sessions?: 'stateful' | 'stateless'
  /** The authorization server whose access tokens are required. @default none: anonymous callers are accepted */
  authIssuer?: string
  /** The expected token audience: the public URL of the endpoint. */
  authAudience?: string
  /** Scopes that every access token must have. @default none */
  authScopes?: string[]
  auth?: AuthSettings
  /** The minimum log level. @default info */
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** The format of log lines. @default pretty on a terminal, otherwise json */
  logFormat?: 'pretty' | 'json'
  /** Whether to print the server's name and URL on a terminal. @default true */
  banner?: boolean
  /** On stdio, exit with an error if the server prints to stdout. @default false */
  strictStdout?: boolean
  /** On stdio, run the server in a child process, so that native code cannot write to stdout. @default false */
  isolateStdout?: boolean
  /** Environment variables for the server. Variables that are already set take precedence. */
  env?: Record<string, string>
  /** Files of environment variables. Later files override earlier ones. */
  envFile?: string | string[]
  /** Arguments for the server. Arguments after `--` replace them. */
  args?: string[]
  /** The Node.js version to run on, such as 24. Downloaded if another version is running. */
  node?: string
  /** Additional packages for the server: `zod`, `zod@4`, `./lib.tgz`, `./lib`. */
  with?: string[]
  /** A package.json whose dependencies to make available. */
  packageJson?: string
  /** A project folder whose packages and tsconfig.json to use. */
  project?: string
}

export interface Config extends Settings {
  $schema?: string
  /** Settings by profile name. `--profile` selects one, which overrides the settings above. */
  profiles?: Record<string, Settings>
}

/** Returns its argument: it only adds types to a config file. */
export const defineConfig = (config: Config): Config => config
