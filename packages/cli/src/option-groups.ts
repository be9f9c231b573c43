/** Options that several commands share, with their help and their parsers. */
import { Option, type Command } from 'commander'
import { GangwayError } from '@gangway/core'
import { collect, collectNames, collectScopes, parseLogLevel, parsePackageName, parsePath, parsePort, parseTransport, TRANSPORTS, type Names } from './options.ts'

/** Where and how a server is served. */
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

/** Which server, and what it is told. */
export interface SourceOptions {
  /** `-m`: the name of a package. */
  readonly module?: string
  /** The name of a package of the workspace. */
  readonly filter?: string
  readonly config?: string
  readonly profile?: string
  readonly env?: readonly string[]
  readonly envFile?: readonly string[]
}

/** What a server runs in. */
export interface EnvironmentOptions {
  readonly with?: readonly string[]
  readonly withPackageJson?: string
  readonly project?: string
  readonly node?: string
  /** `--no-install` */
  readonly install: boolean
  readonly refresh?: boolean
}

/** Whether the server follows its files. */
export interface ReloadOptions {
  readonly reload?: true
  readonly reloadDir?: readonly string[]
}

export const moduleOption = (): Option => new Option('-m, --module <package>', 'the server that an installed package is').argParser(parsePackageName)

export function addSourceOptions(command: Command): Command {
  return command
    .optionsGroup('Which server:')
    .addOption(moduleOption())
    .option('--filter <package>', 'look in that package of the workspace')
    .option('--config <file>', 'config file (default: gangway.config.ts or gangway.json here, if no file is named)')
    .option('--profile <name>', 'profile of the config file')
    .addOption(new Option('--env <name=value>', 'variable of the server, repeatable').argParser(collect))
    .addOption(new Option('--env-file <file>', 'file of variables, for those that are not set; repeatable. Node itself reads it, too, and ends with exit code 9 if there is none').argParser(collect))
}

export function addServeOptions(command: Command): Command {
  return command
    .optionsGroup('How it is served:')
    .addOption(new Option('-t, --transport <name>', `${TRANSPORTS.join(', ')} (default: stdio)`).argParser(parseTransport))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1)')
    .addOption(new Option('-p, --port <number>', 'port to listen on, 0 for any free one (default: PORT, or 8000)').argParser(parsePort))
    .addOption(new Option('--path <path>', 'path of the endpoint (default: /mcp, or /sse)').argParser(parsePath))
    .addOption(new Option('--allowed-host <name>', "host that clients may address, repeatable, or 'any'; required to serve beyond this machine").argParser(collectNames))
    .addOption(new Option('--allowed-origin <origin>', "origin of web pages that may call, repeatable, or 'any'").argParser(collectNames))
    .option('--stateless', 'keep no sessions, so that any process can answer any request')
    .option('--auth-issuer <url>', 'let in only callers with an access token of this authorization server')
    .option('--auth-audience <url>', 'whom the tokens must be for: the URL of the endpoint, as clients know it')
    .addOption(new Option('--auth-scopes <names>', 'what every caller must have been granted, with commas between them').argParser(collectScopes))
    .addOption(new Option('-l, --log-level <level>', 'debug, info, warn, error or silent (default: info)').argParser(parseLogLevel))
    .option('--json-logs', 'log lines of JSON on a terminal, too')
    .option('--no-banner', 'do not print what is served where')
    .option('--debug', 'show the stack of an error, and what npm said')
}

export function addEnvironmentOptions(command: Command): Command {
  return command
    .optionsGroup('What it runs in:')
    .addOption(new Option('--with <package>', 'package that its files may import, repeatable: zod, zod@4, ./lib.tgz, ./lib').argParser(collect))
    .option('--with-package-json <file>', 'dependencies of that file, as the lockfile beside it has them')
    .option('--project <folder>', 'packages, tsconfig.json and Node of that project')
    .option('--node <version>', 'Node to run it under, such as 24; fetched if this is another')
    .option('--no-install', 'use what the cache has, never the network')
    .option('--refresh', 'install anew what the cache has')
}

export function addReloadOptions(command: Command): Command {
  return command
    .optionsGroup('While you work on it:')
    .option('--reload', 'load it again when a file that it imports changes; clients stay connected, and what does not load changes nothing')
    .addOption(reloadDir('; implies --reload'))
}

/** For a command that reloads anyway, too. */
export const reloadDir = (more = ''): Option => new Option('--reload-dir <folder>', `folder whose changes count, too, repeatable${more}`).argParser(collect)

/** What means nothing to a server that no file here is. */
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
  const [idle] = given(options)
  if (idle) throw new GangwayError('GANGWAY_E_USAGE', `${idle[0]} is for a server that runs here, and ${spec} is elsewhere: leave it out`)
}

/** As they were typed, for another process of this command. */
export const localFlags = (options: SourceOptions & Partial<EnvironmentOptions>): readonly string[] => given(options).flatMap(([flag, value]) => (typeof value === 'boolean' ? [flag] : [value].flat().flatMap((one) => [flag, String(one)])))
