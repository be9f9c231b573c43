/** Resolves every setting from flags, variables, the config file and defaults, in this order of precedence. */
import process from 'node:process'
import { InvalidArgumentError } from 'commander'
import { GangwayError } from '@gangway/core'
import { parseLogFormat, parseLogLevel, parsePath, parsePort, parseScopes, parseSessions, parseSwitch, parseTransport } from '../options.ts'
import type { Settings } from './config.ts'
import type { Layer } from './load-config.ts'

export type SettingName = keyof Settings

export interface Source {
  readonly value: unknown
  /** A flag, a variable, a position in the config file, or `default`. */
  readonly origin: string
  readonly from: 'flag' | 'variable' | 'config' | 'default'
  /** The base of a relative path. */
  readonly folder: string
}

/** In order of precedence: the first source wins. */
export type Resolved = ReadonlyMap<SettingName, readonly Source[]>

interface Rule {
  /** Undefined for settings of the config file only. */
  readonly flag?: string
  readonly variable?: string
  /** Throws `InvalidArgumentError` for an invalid value. */
  readonly parse?: (value: string) => unknown
  readonly defaults?: unknown
}

const RULES: Readonly<Partial<Record<SettingName, Rule>>> = {
  server: { flag: 'the command line' },
  transport: { flag: '--transport', variable: 'GANGWAY_TRANSPORT', parse: parseTransport, defaults: 'stdio' },
  host: { flag: '--host', variable: 'GANGWAY_HOST', defaults: '127.0.0.1' },
  port: { flag: '--port', variable: 'GANGWAY_PORT', parse: parsePort, defaults: 8000 },
  path: { flag: '--path', variable: 'GANGWAY_PATH', parse: parsePath },
  allowedHosts: { flag: '--allowed-host', variable: 'GANGWAY_ALLOWED_HOSTS' },
  allowedOrigins: { flag: '--allowed-origin', variable: 'GANGWAY_ALLOWED_ORIGINS' },
  sessions: { flag: '--stateless', variable: 'GANGWAY_SESSIONS', parse: parseSessions, defaults: 'stateful' },
  authIssuer: { flag: '--auth-issuer', variable: 'GANGWAY_AUTH_ISSUER' },
  authAudience: { flag: '--auth-audience', variable: 'GANGWAY_AUTH_AUDIENCE' },
  authScopes: { flag: '--auth-scopes', variable: 'GANGWAY_AUTH_SCOPES', parse: parseScopes },
  auth: {},
  logLevel: { flag: '--log-level', variable: 'GANGWAY_LOG_LEVEL', parse: parseLogLevel, defaults: 'info' },
  logFormat: { flag: '--json-logs', variable: 'GANGWAY_LOG_FORMAT', parse: parseLogFormat },
  banner: { flag: '--no-banner', defaults: true },
  strictStdout: { flag: '--strict-stdout', variable: 'GANGWAY_STRICT_STDOUT', parse: parseSwitch },
  isolateStdout: { flag: '--isolate-stdout', variable: 'GANGWAY_ISOLATE_STDOUT', parse: parseSwitch },
  args: { flag: '--' },
  node: { flag: '--node' },
  packageJson: { flag: '--with-package-json' },
  project: { flag: '--project' },
}

/** Settings that are merged instead of overridden, in run-plan.ts. */
const ADDED: Readonly<Partial<Record<SettingName, Rule>>> = { env: { flag: '--env' }, envFile: { flag: '--env-file' }, with: { flag: '--with' } }

/** The flag, variable and default of a setting, for the docs. */
export const describedRule = (name: string): Pick<Rule, 'flag' | 'variable' | 'defaults'> | undefined => ({ ...RULES, ...ADDED })[name as SettingName]

/** Every variable, its flag and its setting; for the help and the docs. */
export const describedVariables = (): readonly { readonly variable: string; readonly flag: string; readonly setting: string }[] =>
  Object.entries(RULES).flatMap(([setting, { variable, flag }]) => (variable === undefined || flag === undefined ? [] : [{ variable, flag, setting }]))

const NETWORK: readonly SettingName[] = ['host', 'port', 'path', 'allowedHosts', 'allowedOrigins', 'sessions'] // Without the auth settings: a file's own `run()` may choose an HTTP transport, which must not become public.

/** Throws `GANGWAY_E_USAGE` for an invalid variable, and `GANGWAY_E_CONFIG` for an invalid config file. */
export function resolveSettings(flags: Settings, layers: readonly Layer[], folder: string): Resolved {
  const found = new Map<SettingName, readonly Source[]>()
  for (const [key, rule] of Object.entries(RULES)) {
    const name = key as SettingName
    const sources = [...given(name, flags, rule, folder), ...configured(name, layers), ...assumed(name, rule, folder)]
    if (sources.length > 0) found.set(name, sources)
  }
  const transport = found.get('transport')?.[0]
  rejectAddressOnStdio(found)
  if (transport?.value === 'stdio') for (const name of NETWORK) found.delete(name)
  else if (!found.has('path')) found.set('path', [{ value: transport?.value === 'sse' ? '/sse' : '/mcp', origin: 'default', from: 'default', folder }])
  return found
}

function* given(name: SettingName, flags: Settings, { flag, variable, parse }: Rule, folder: string): Iterable<Source> {
  if (flag !== undefined && flags[name] !== undefined) yield { value: flags[name], origin: flag, from: 'flag', folder }
  const text = variable === undefined ? undefined : process.env[variable]
  if (variable !== undefined && text) yield { value: parseVariable(variable, text, parse), origin: variable, from: 'variable', folder }
}

function* configured(name: SettingName, layers: readonly Layer[]): Iterable<Source> {
  for (const { settings, folder, position } of layers) {
    if (settings[name] !== undefined) yield { value: name === 'port' ? Number(settings[name]) : settings[name], origin: position(name), from: 'config', folder }
  }
}

function* assumed(name: SettingName, { defaults }: Rule, folder: string): Iterable<Source> {
  if (name === 'port' && process.env['PORT']) yield { value: process.env['PORT'], origin: 'PORT', from: 'variable', folder }
  if (defaults !== undefined) yield { value: defaults, origin: 'default', from: 'default', folder }
}

function parseVariable(variable: string, text: string, parse: ((value: string) => unknown) | undefined): unknown {
  try {
    return parse ? parse(text) : text
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new GangwayError('GANGWAY_E_USAGE', `Invalid ${variable} "${text}": ${error.message}`)
  }
}

/** Rejects a config file with an address but no HTTP transport. A flag or variable that selects stdio also drops the address. */
function rejectAddressOnStdio(found: Resolved): void {
  const transports = (found.get('transport') ?? []).filter(({ from }) => from !== 'default')
  if (transports.some(({ value, from }) => value !== 'stdio' || from !== 'config')) return
  const [name, source] = NETWORK.map((key) => [key, found.get(key)?.find(({ from }) => from === 'config')] as const).find(([, candidate]) => candidate) ?? []
  if (source) throw new GangwayError('GANGWAY_E_CONFIG', `"${name}" is not supported by the stdio transport. Set "transport" to http or sse, or remove it (${source.origin})`)
}

/** Passes settings of the config file on as variables, so that options in code override them, as they override variables. */
export function setVariablesOf(resolved: Resolved): void {
  for (const [name, [source]] of resolved) {
    const variable = RULES[name]?.variable
    const isLog = name === 'logLevel' || name === 'logFormat'
    if (source && variable !== undefined && (source.from === 'config' || (source.from === 'flag' && isLog))) process.env[variable] = String(source.value)
  }
}
