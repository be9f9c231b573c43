/** The table of all settings. Flags, variables, the config file and its types, `--explain`, the docs and shell completion derive from it. To add a setting, add an entry, and run `npm run docs`. */
import { collect, collectNames, collectScopes, oneOf, parsePath, parsePort, parseScopes, parseSwitch } from '../options.ts'
import type { Settings } from './config.ts'

/** `npm run docs` generates `Settings` from the table. */
export type SettingName = keyof Settings

/** A field of the config file. */
export interface Field {
  /** A noun phrase, for the docs and editors. */
  readonly about: string
  readonly value: Value
  /** Describes the default in Markdown, if it is not a constant. */
  readonly defaultText?: string
}

/** The values that a field accepts: a kind from schema.ts, one of several words, or an object. */
export type Value = Kind | readonly string[] | { readonly fields: Readonly<Record<string, Field>> } | { readonly required: readonly string[] }

/** `files` is a path or a list of paths, `names` a list or 'any', and `lists` maps names to lists. */
export type Kind = 'text' | 'texts' | 'path' | 'port' | 'names' | 'switch' | 'milliseconds' | 'variables' | 'files' | 'lists'

export interface Setting extends Field {
  readonly group: Group
  /** The value that is used if no source has one. A function gets the transport. */
  readonly default?: string | number | boolean | ((transport: unknown) => string)
  readonly variable?: string
  /** A variable of hosting platforms, which the config file overrides. */
  readonly platformVariable?: string
  /** Undefined if only the config file has the setting. */
  readonly flag?: Flag
  /** The name of a command-line argument that is not a flag. */
  readonly argument?: string
  /** Parses the text of the flag and the variable. Throws `InvalidArgumentError`. By default, the values decide. */
  readonly parse?: (text: string) => unknown
  /** Combines all sources, instead of using the first one: lists what a source contributes. */
  readonly merge?: (value: unknown) => readonly string[]
}

export interface Flag {
  /** As in the help: `-p, --port <number>`. */
  readonly names: string
  /** Imperative. The default follows. */
  readonly help: string
  /** What a flag without an argument sets. @default true, or false for `--no-…` */
  readonly sets?: string
  /** Parses one of several values. Throws `InvalidArgumentError`. */
  readonly collect?: (text: string, earlier: never) => unknown
}

/**
 * - `server`, `environment`: for a server that gangway loads from a file. Not for remote servers.
 * - `transport`, `address`: options of the transport. stdio has no address.
 * - `access`: restricts who can call a server over HTTP.
 * - `log`: read by the server's logger, from the variable.
 * - `stdout`: for a server on stdio that gangway loads from a file.
 */
export type Group = 'server' | 'transport' | 'address' | 'access' | 'log' | 'stdout' | 'environment'

const TRANSPORTS = ['stdio', 'http', 'sse', 'streamable-http']
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent']

const asList = (value: unknown): readonly string[] => [value].flat() as string[]

/** Without the values of variables, which may be secrets. */
const namesOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map((text) => String(text).replace(/=.*/s, '')) : Object.keys(value as object))

export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  server: { group: 'server', about: 'file to run, or `file:export`', value: 'text', argument: 'the command line' },
  transport: {
    group: 'transport',
    about: 'transport to serve on',
    value: TRANSPORTS,
    default: 'stdio',
    variable: 'GANGWAY_TRANSPORT',
    flag: { names: '-t, --transport <name>', help: 'serve on stdio, http, sse or streamable-http, an alias of http' },
    parse: oneOf(TRANSPORTS, { 'streamable-http': 'http' }), // One name for both, so that a file's own `http({ … })` options apply to either.
  },
  host: {
    group: 'address',
    about: 'address to listen on',
    value: 'text',
    default: '127.0.0.1',
    variable: 'GANGWAY_HOST',
    flag: { names: '--host <address>', help: 'listen on this address' },
  },
  port: {
    group: 'address',
    about: 'port to listen on; 0 picks a free port',
    value: 'port',
    default: 8000,
    defaultText: 'PORT or 8000',
    variable: 'GANGWAY_PORT',
    platformVariable: 'PORT',
    flag: { names: '-p, --port <number>', help: 'listen on this port; 0 picks a free port' },
  },
  path: {
    group: 'address',
    about: 'path of the endpoint',
    value: 'path',
    default: (transport) => (transport === 'sse' ? '/sse' : '/mcp'),
    defaultText: '/mcp, or /sse with -t sse',
    variable: 'GANGWAY_PATH',
    flag: { names: '--path <path>', help: 'serve at this path' },
  },
  allowedHosts: {
    group: 'address',
    about: "accepted host names, or 'any'; required if other machines can connect",
    value: 'names',
    defaultText: 'loopback names',
    variable: 'GANGWAY_ALLOWED_HOSTS',
    flag: { names: '--allowed-host <name>', help: "accept requests for this host name, or 'any' (repeatable); required if other machines can connect", collect: collectNames },
  },
  allowedOrigins: {
    group: 'address',
    about: "origins of web pages that may call the server, or 'any'",
    value: 'names',
    defaultText: 'pages served by the allowed hosts',
    variable: 'GANGWAY_ALLOWED_ORIGINS',
    flag: { names: '--allowed-origin <origin>', help: "accept requests from web pages of this origin, or 'any' (repeatable)", collect: collectNames },
  },
  sessions: {
    group: 'address',
    about: 'whether legacy clients (protocol 2025-11-25 or earlier) get a session',
    value: ['legacy', 'none'],
    default: 'legacy',
    variable: 'GANGWAY_SESSIONS',
    flag: { names: '--stateless', help: 'keep no sessions, so that any instance can handle any request', sets: 'none' },
  },
  authIssuer: {
    group: 'access',
    about: 'authorization server whose access tokens are required',
    value: 'text',
    defaultText: 'none: anonymous callers are accepted',
    variable: 'GANGWAY_AUTH_ISSUER',
    flag: { names: '--auth-issuer <url>', help: 'require an access token issued by this authorization server' },
  },
  authAudience: {
    group: 'access',
    about: 'expected token audience: the public URL of the endpoint',
    value: 'text',
    variable: 'GANGWAY_AUTH_AUDIENCE',
    flag: { names: '--auth-audience <url>', help: 'expected token audience: the public URL of the endpoint' },
  },
  authScopes: {
    group: 'access',
    about: 'scopes that every access token must have',
    value: 'texts',
    defaultText: 'none',
    variable: 'GANGWAY_AUTH_SCOPES',
    flag: { names: '--auth-scopes <names>', help: 'require these scopes in every token, separated by commas', collect: collectScopes },
    parse: parseScopes,
  },
  auth: {
    group: 'access',
    about: 'more options for checking access tokens',
    value: {
      fields: {
        resource: { about: 'URL of the endpoint, if it differs from the audience', value: 'text', defaultText: 'authAudience' },
        scopesSupported: { about: 'all scopes that the server uses, published for clients', value: 'texts', defaultText: 'authScopes' },
        impliedScopes: { about: 'scopes that each scope includes', value: 'lists' },
        name: { about: 'display name of the server', value: 'text' },
        documentation: { about: 'URL of documentation for developers', value: 'text' },
        cacheTtl: { about: 'milliseconds to cache a valid token', value: 'milliseconds', defaultText: '300,000 for JWTs, 0 for opaque tokens' },
        timeout: { about: 'timeout in milliseconds for each request to the issuer', value: 'milliseconds', defaultText: '5,000' },
        keys: { about: "URL of the issuer's signing keys (JWKS), if its metadata has none", value: 'text' },
        algorithms: { about: 'accepted signature algorithms of JWTs', value: 'texts', defaultText: 'RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA' },
        clockTolerance: { about: 'milliseconds that the clocks of issuer and server may differ', value: 'milliseconds', defaultText: '5,000' },
        introspection: { about: 'introspection endpoint for opaque tokens, with client credentials', value: { required: ['endpoint', 'clientId', 'clientSecret'] } },
      },
    },
  },
  logLevel: {
    group: 'log',
    about: 'minimum log level',
    value: LOG_LEVELS,
    default: 'info',
    variable: 'GANGWAY_LOG_LEVEL',
    flag: { names: '-l, --log-level <level>', help: 'log at this level: debug, info, warn, error or silent' },
    parse: (text) => oneOf(LOG_LEVELS, { trace: 'debug', warning: 'warn', critical: 'error' })(text.toLowerCase()), // The aliases are levels of FastMCP.
  },
  logFormat: {
    group: 'log',
    about: 'format of log lines',
    value: ['pretty', 'json'],
    defaultText: '`pretty` on a terminal, otherwise `json`',
    variable: 'GANGWAY_LOG_FORMAT',
    flag: { names: '--json-logs', help: 'log JSON lines, even on a terminal', sets: 'json' },
  },
  banner: {
    group: 'log',
    about: "print the server's name and URL on a terminal",
    value: 'switch',
    default: true,
    flag: { names: '--no-banner', help: "do not print the server's name and URL at startup" },
  },
  strictStdout: {
    group: 'stdout',
    about: 'on stdio, exit with an error if the server prints to stdout',
    value: 'switch',
    defaultText: '`false`',
    variable: 'GANGWAY_STRICT_STDOUT',
    flag: { names: '--strict-stdout', help: 'exit with an error if the server prints to stdout (stdio only)' },
  },
  isolateStdout: {
    group: 'stdout',
    about: 'on stdio, run the server in a child process, so that native code cannot write to stdout',
    value: 'switch',
    defaultText: '`false`',
    variable: 'GANGWAY_ISOLATE_STDOUT',
    flag: { names: '--isolate-stdout', help: 'run the server in a child process, so that native code cannot write to stdout (stdio only)' },
  },
  env: {
    group: 'server',
    about: 'environment variables for the server, unless already set',
    value: 'variables',
    flag: { names: '--env <name=value>', help: 'set an environment variable of the server (repeatable)', collect },
    merge: namesOf,
  },
  envFile: {
    group: 'server',
    about: 'files of environment variables; later files override earlier ones',
    value: 'files',
    flag: { names: '--env-file <file>', help: 'read environment variables from a file, unless already set (repeatable)', collect },
    merge: asList,
  },
  args: { group: 'server', about: 'arguments for the server, unless arguments follow `--`', value: 'texts', argument: '--' },
  with: {
    group: 'environment',
    about: 'additional packages for the server: `zod`, `zod@4`, `./lib`, `./lib.tgz`',
    value: 'texts',
    flag: { names: '--with <package>', help: 'make a package available to the server: zod, zod@4, ./lib, ./lib.tgz (repeatable)', collect },
    merge: asList,
  },
  packageJson: {
    group: 'environment',
    about: 'the package.json whose dependencies to make available',
    value: 'text',
    flag: { names: '--with-package-json <file>', help: 'make the dependencies of a package.json available, at the versions of its lockfile' },
  },
  project: {
    group: 'environment',
    about: 'project folder whose packages and tsconfig.json to use',
    value: 'text',
    flag: { names: '--project <folder>', help: 'use the packages, tsconfig.json and Node.js version of this project' },
  },
  node: {
    group: 'environment',
    about: 'Node.js version to run on, such as 24; downloaded if needed',
    value: 'text',
    flag: { names: '--node <version>', help: 'run on this Node.js version, such as 24; download it if needed' },
  },
}

/** Pairs of name and setting, in the order of the docs. */
export const settingsIn = (...groups: readonly Group[]): readonly (readonly [SettingName, Setting])[] =>
  (Object.entries(SETTINGS) as [SettingName, Setting][]).filter(([, { group }]) => groups.length === 0 || groups.includes(group))

export const variableNames = (): readonly string[] => settingsIn().flatMap(([, { variable }]) => variable ?? [])

/** Parses the text of a flag or variable. Undefined if any text is valid. */
export function parserOf({ parse, value }: Setting): ((text: string) => unknown) | undefined {
  if (parse) return parse
  return typeof value === 'string' ? PARSERS[value] : isWords(value) ? oneOf(value) : undefined
}

const PARSERS: Readonly<Partial<Record<Kind, (text: string) => unknown>>> = { path: parsePath, port: parsePort, switch: parseSwitch }

export const isWords = (value: Value): value is readonly string[] => Array.isArray(value)
