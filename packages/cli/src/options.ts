/** Parsers for the values of command-line options. They throw `InvalidArgumentError` with what was expected. */
import { InvalidArgumentError } from 'commander'

/** Values of a repeatable option; 'any' overrides the others. */
export type Names = readonly string[] | 'any'

const TRANSPORTS = ['stdio', 'http', 'sse', 'streamable-http'] as const

const LOG_LEVELS: Readonly<Record<string, string>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  silent: 'silent',
}

/** `streamable-http` is an alias of `http`. One name for both, so that a file's own `http({ … })` options apply to either. */
export function parseTransport(value: string): string {
  if (!(TRANSPORTS as readonly string[]).includes(value)) throw new InvalidArgumentError('expected stdio, http, sse or streamable-http')
  return value === 'streamable-http' ? 'http' : value
}

export function parsePort(value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) throw new InvalidArgumentError('expected a whole number from 0 to 65535')
  return port
}

/** May end with an export: `package:name`. */
export function parsePackageName(value: string): string {
  if (!/^(@[\w~][\w.~-]*\/)?[\w~][\w.~-]*([:#].+)?$/.test(value)) throw new InvalidArgumentError('expected a package name. To run a file, remove -m')
  return value
}

export function parsePath(value: string): string {
  if (!value.startsWith('/')) throw new InvalidArgumentError('expected a path that starts with /')
  return value
}

/** Separated by commas, or by spaces as in OAuth. */
export const parseScopes = (value: string): readonly string[] => value.split(/[\s,]+/).filter((scope) => scope !== '')

export const collectScopes = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), ...parseScopes(value)]

/** Also accepts the level names of FastMCP. */
export function parseLogLevel(value: string): string {
  const name = value.toLowerCase()
  const level = Object.hasOwn(LOG_LEVELS, name) ? LOG_LEVELS[name] : undefined
  if (level === undefined) throw new InvalidArgumentError('expected debug, info, warn, error or silent')
  return level
}

export function collectNames(value: string, earlier: Names | undefined): Names {
  return value === 'any' || earlier === 'any' ? 'any' : [...(earlier ?? []), value]
}

export const collect = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), value]

export function parseSessions(value: string): string {
  if (value !== 'stateful' && value !== 'stateless') throw new InvalidArgumentError('expected stateful or stateless')
  return value
}

export function parseLogFormat(value: string): string {
  if (value !== 'pretty' && value !== 'json') throw new InvalidArgumentError('expected pretty or json')
  return value
}

/** Accepts the same values as `switchVariable` in core. */
export function parseSwitch(value: string): boolean {
  if (!['1', 'true', '0', 'false'].includes(value)) throw new InvalidArgumentError('expected true or false')
  return value === '1' || value === 'true'
}
