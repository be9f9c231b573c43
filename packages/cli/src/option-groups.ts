/** Options that several commands share. */
import { Option, type Command } from 'commander'
import { GangwayError } from '@gangway/core'
import { collect, collectNames, collectScopes, parseLogLevel, parsePackageName, parsePath, parsePort, parseTransport, type Names } from './options.ts'

/** Options of the transport, authentication and output. */
export interface ServeOptions {
  readonly transport?: string
  readonly host?: string
  readonly port?: number
  readonly path?: string
  readonly allowedHost?: Names
  readonly allowedOrigin?: Names
  readonly stateless?: true
  readonly authIssuer?: string
  readonly authAudience?: string
  readonly authScopes?: readonly string[]
  readonly logLevel?: string
  readonly jsonLogs?: true
  readonly banner: boolean
  readonly strictStdout?: true
  readonly isolateStdout?: true
  readonly debug?: boolean
}

/** Options that select the server and its variables. */
export interface SourceOptions {
  /** The name of an installed package. */
  readonly module?: string
  /** The name of a package in the workspace. */
  readonly filter?: string
  readonly config?: string
  readonly profile?: string
  readonly env?: readonly string[]
  readonly envFile?: readonly string[]
}

/** Options of the packages and the Node.js version that a server uses. */
export interface EnvironmentOptions {
  readonly with?: readonly string[]
  readonly withPackageJson?: string
  readonly project?: string
  readonly node?: string
  /** `--no-install` */
  readonly install: boolean
  readonly refresh?: boolean
}

/** Options of reloading. */
export interface ReloadOptions {
  readonly reload?: true
  readonly reloadDir?: readonly string[]
}

export const moduleOption = (): Option => new Option('-m, --module <package>', 'run the server in an installed package').argParser(parsePackageName)

export function addSourceOptions(command: Command): Command {
  return command
    .optionsGroup('Server:')
    .addOption(moduleOption())
    .option('--filter <package>', 'run the server in a package of the workspace')
    .option('--config <file>', 'use this config file (default: gangway.config.ts or gangway.json, if no file is given)')
    .option('--profile <name>', 'use this profile of the config file')
    .addOption(new Option('--env <name=value>', 'set an environment variable of the server (repeatable)').argParser(collect))
    .addOption(new Option('--env-file <file>', 'read environment variables from a file, unless already set (repeatable)').argParser(collect))
}

export function addServeOptions(command: Command): Command {
  return command
    .optionsGroup('Transport:')
    .addOption(new Option('-t, --transport <name>', 'serve on stdio, http, sse or streamable-http, an alias of http (default: stdio)').argParser(parseTransport))
    .option('--host <address>', 'listen on this address (default: 127.0.0.1)')
    .addOption(new Option('-p, --port <number>', 'listen on this port; 0 picks a free port (default: PORT or 8000)').argParser(parsePort))
    .addOption(new Option('--path <path>', 'serve at this path (default: /mcp, or /sse with -t sse)').argParser(parsePath))
    .addOption(new Option('--allowed-host <name>', "accept requests for this host name, or 'any' (repeatable); required if other machines can connect").argParser(collectNames))
    .addOption(new Option('--allowed-origin <origin>', "accept requests from web pages of this origin, or 'any' (repeatable)").argParser(collectNames))
    .option('--stateless', 'keep no sessions, so that any instance can handle any request')
    .optionsGroup('Authentication:')
    .option('--auth-issuer <url>', 'require an access token issued by this authorization server')
    .option('--auth-audience <url>', 'expected token audience: the public URL of the endpoint')
    .addOption(new Option('--auth-scopes <names>', 'require these scopes in every token, separated by commas').argParser(collectScopes))
    .optionsGroup('Output:')
    .addOption(new Option('-l, --log-level <level>', 'log at this level: debug, info, warn, error or silent (default: info)').argParser(parseLogLevel))
    .option('--json-logs', 'log JSON lines, even on a terminal')
    .option('--no-banner', "do not print the server's name and URL at startup")
    .option('--debug', 'print the stack of an error, and the output of npm')
}

export function addEnvironmentOptions(command: Command): Command {
  return command
    .optionsGroup('Environment:')
    .addOption(new Option('--with <package>', 'make a package available to the server: zod, zod@4, ./lib, ./lib.tgz (repeatable)').argParser(collect))
    .option('--with-package-json <file>', 'make the dependencies of a package.json available, at the versions of its lockfile')
    .option('--project <folder>', 'use the packages, tsconfig.json and Node.js version of this project')
    .option('--node <version>', 'run on this Node.js version, such as 24; download it if needed')
    .option('--no-install', 'use only the cache, never the network')
    .option('--refresh', 'reinstall what the cache contains')
}

export function addReloadOptions(command: Command): Command {
  return command
    .optionsGroup('Development:')
    .option('--reload', 'reload the server when a file changes; clients stay connected')
    .addOption(reloadDir('; implies --reload'))
}

export const reloadDir = (more = ''): Option => new Option('--reload-dir <folder>', `also watch this folder (repeatable${more})`).argParser(collect)

/** Options that apply only to a server that gangway loads from a file. */
const LOCAL = {
  ...{ module: '-m', filter: '--filter', config: '--config', profile: '--profile', env: '--env', envFile: '--env-file' },
  ...{ with: '--with', withPackageJson: '--with-package-json', project: '--project', node: '--node', install: '--no-install', refresh: '--refresh' },
  ...{ reload: '--reload', reloadDir: '--reload-dir', strictStdout: '--strict-stdout', isolateStdout: '--isolate-stdout' },
} as const

const given = (options: object): (readonly [string, unknown])[] =>
  Object.entries(LOCAL).flatMap(([name, flag]) => {
    const value: unknown = options[name as keyof typeof options]
    return value === undefined || (name === 'install' && value === true) ? [] : [[flag, value] as const]
  })

/** Throws `GANGWAY_E_USAGE`. */
export function rejectLocal(options: object, spec: string): void {
  const [local] = given(options)
  if (local) throw new GangwayError('GANGWAY_E_USAGE', `${local[0]} applies only to a server that gangway loads from a file, not to ${spec}. Remove it`)
}

/** The given options as command-line arguments, for a child process. */
export const localFlags = (options: SourceOptions & Partial<EnvironmentOptions>): readonly string[] => given(options).flatMap(([flag, value]) => (typeof value === 'boolean' ? [flag] : [value].flat().flatMap((one) => [flag, String(one)])))
