/** Options of HTTP transports that would be taken for something else than they seem to say. */
import { GangwayError } from '../gangway-error.ts'
import { shown } from '../option-names.ts'

/** Below a prefix, `mcp` would make `/apimcp`; a handler would never be found at it. Throws `GANGWAY_E_USAGE`. */
export function checkPath(option: string, path: string | undefined): void {
  if (path && !path.startsWith('/')) throw new GangwayError('GANGWAY_E_USAGE', `${option} must begin with /: "/${path}", not "${path}"`)
}

/** What is misspelt would stand for the other choice. Throws `GANGWAY_E_USAGE`. */
export function checkChoice(option: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) throw new GangwayError('GANGWAY_E_USAGE', `${option} must be ${choices.map(shown).join(' or ')}, not ${shown(value)}`)
}

/** What is empty would stand for none. Throws `GANGWAY_E_USAGE`. */
export function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') throw new GangwayError('GANGWAY_E_USAGE', `${option} must be a function, not ${shown(value)}: leave it out where there is none`)
}
