/** Values of command-line options: from text to what the server takes, or a complaint that ends with the way out. */
import { InvalidArgumentError } from 'commander'

/** Names that were given one by one; 'any' wins over them. */
export type Names = readonly string[] | 'any'

export const TRANSPORTS = ['stdio', 'http', 'sse', 'streamable-http'] as const

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

/** Under its one name, so that a file's own `http()` keeps its options when `streamable-http` is asked for. */
export function parseTransport(value: string): string {
  if (!(TRANSPORTS as readonly string[]).includes(value)) throw new InvalidArgumentError(`use ${TRANSPORTS.join(', ')}`)
  return value === 'streamable-http' ? 'http' : value
}

export function parsePort(value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) throw new InvalidArgumentError('use a whole number from 0 to 65535')
  return port
}

/** Perhaps with one of its exports behind it. */
export function parsePackageName(value: string): string {
  if (!/^(@[\w~][\w.~-]*\/)?[\w~][\w.~-]*([:#].+)?$/.test(value)) throw new InvalidArgumentError('use the name of a package; a file needs no -m')
  return value
}

export function parsePath(value: string): string {
  if (!value.startsWith('/')) throw new InvalidArgumentError('begin it with /')
  return value
}

/** With commas or spaces between them, as OAuth has them. */
export const parseScopes = (value: string): readonly string[] => value.split(/[\s,]+/).filter((scope) => scope !== '')

export const collectScopes = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), ...parseScopes(value)]

/** FastMCP's names are understood, too. */
export function parseLogLevel(value: string): string {
  const name = value.toLowerCase()
  const level = Object.hasOwn(LOG_LEVELS, name) ? LOG_LEVELS[name] : undefined
  if (level === undefined) throw new InvalidArgumentError('use debug, info, warn, error or silent')
  return level
}

export function collectNames(value: string, earlier: Names | undefined): Names {
  return value === 'any' || earlier === 'any' ? 'any' : [...(earlier ?? []), value]
}

export const collect = (value: string, earlier: readonly string[] | undefined): readonly string[] => [...(earlier ?? []), value]

export function parseSessions(value: string): string {
  if (value !== 'stateful' && value !== 'stateless') throw new InvalidArgumentError('use stateful or stateless')
  return value
}

export function parseLogFormat(value: string): string {
  if (value !== 'pretty' && value !== 'json') throw new InvalidArgumentError('use pretty or json')
  return value
}

/** As `switchVariable` of core reads it. */
export function parseSwitch(value: string): boolean {
  if (!['1', 'true', '0', 'false'].includes(value)) throw new InvalidArgumentError('use true or false')
  return value === '1' || value === 'true'
}
