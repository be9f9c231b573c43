/** Every setting of a run: what it is, who said so, and whom that overrode. */
import process from 'node:process'
import { InvalidArgumentError } from 'commander'
import { GangwayError } from '@gangway/core'
import { parseLogFormat, parseLogLevel, parsePath, parsePort, parseScopes, parseSessions, parseSwitch, parseTransport } from '../options.ts'
import type { Settings } from './config.ts'
import type { Layer } from './load-config.ts'

export type SettingName = keyof Settings

export interface Source {
  readonly value: unknown
  /** A flag, a variable, a place in the config file, or `default`. */
  readonly origin: string
  readonly from: 'flag' | 'variable' | 'config' | 'default'
  /** What a relative path starts from. */
  readonly folder: string
}

/** The strongest first: that one counts. */
export type Resolved = ReadonlyMap<SettingName, readonly Source[]>

interface Rule {
  /** None, where the config file alone has it. */
  readonly flag?: string
  readonly variable?: string
  /** Throws a complaint about a variable's value. */
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

/** These add up instead of overriding each other: `plan.ts` does that. */
const ADDED: Readonly<Partial<Record<SettingName, Rule>>> = { env: { flag: '--env' }, envFile: { flag: '--env-file' }, with: { flag: '--with' } }

/** How a setting is said elsewhere, and what it is if nobody says it; for the docs. */
export const describedRule = (name: string): Pick<Rule, 'flag' | 'variable' | 'defaults'> | undefined => ({ ...RULES, ...ADDED })[name as SettingName]

/** Every variable, its flag and its setting; for the help and the docs. */
export const describedVariables = (): readonly { readonly variable: string; readonly flag: string; readonly setting: string }[] =>
  Object.entries(RULES).flatMap(([setting, { variable, flag }]) => (variable === undefined || flag === undefined ? [] : [{ variable, flag, setting }]))

const NETWORK: readonly SettingName[] = ['host', 'port', 'path', 'allowedHosts', 'allowedOrigins', 'sessions'] // Not who may come in: a file's own `run()` may choose another transport, and must not be open then.

/** Throws `GANGWAY_E_USAGE` for a variable, and `GANGWAY_E_CONFIG` for a config, that makes no sense. */
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
    throw new GangwayError('GANGWAY_E_USAGE', `${variable} cannot be '${text}': ${error.message}`)
  }
}

/** A config that names no transport with an address has none; where one that does is overridden, its address goes with it. */
function rejectAddressOnStdio(found: Resolved): void {
  const transports = (found.get('transport') ?? []).filter(({ from }) => from !== 'default')
  if (transports.some(({ value, from }) => value !== 'stdio' || from !== 'config')) return
  const [name, source] = NETWORK.map((key) => [key, found.get(key)?.find(({ from }) => from === 'config')] as const).find(([, candidate]) => candidate) ?? []
  if (source) throw new GangwayError('GANGWAY_E_CONFIG', `"${name}" has no effect on stdio: set "transport" to http or sse, or leave it out (${source.origin})`)
}

/** A setting of the config file is a variable that nobody has set: so arguments in code, which stand over variables, stand over it. */
export function setVariablesOf(resolved: Resolved): void {
  for (const [name, [source]] of resolved) {
    const variable = RULES[name]?.variable
    const isLog = name === 'logLevel' || name === 'logFormat'
    if (source && variable !== undefined && (source.from === 'config' || (source.from === 'flag' && isLog))) process.env[variable] = String(source.value)
  }
}
