/** Checks options of the HTTP transports whose mistakes would otherwise go unnoticed. */
import { GangwayError } from '../gangway-error.ts'
import { shown } from '../util/check-options.ts'

/** Throws `GANGWAY_E_USAGE` unless the path starts with a slash. With the prefix `/api`, the path `mcp` would become `/apimcp`; a fetch handler would never match it. */
export function checkPath(option: string, path: string | undefined): void {
  if (path && !path.startsWith('/')) throw new GangwayError('GANGWAY_E_USAGE', `${option} must start with /: "/${path}", not "${path}"`)
}

/** Throws `GANGWAY_E_USAGE` for any other value. A misspelled value would otherwise select the other choice. */
export function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw new GangwayError('GANGWAY_E_USAGE', `${option} must be ${choices.map(shown).join(' or ')}, not ${shown(value)}`)
}

/** Throws `GANGWAY_E_USAGE` unless the value is a function or undefined. A value such as null or '' would otherwise be treated as "not set". */
export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new GangwayError('GANGWAY_E_USAGE', `${option} must be a function, not ${shown(value)}. Omit it if it is not needed`)
}
