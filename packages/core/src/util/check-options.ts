/** Rejects unknown options, because a misspelled option would otherwise be ignored silently. */
import { closest } from './closest-name.ts'
import { GangwayError } from '../gangway-error.ts'
import { isObject } from './is-object.ts'

/** Formats a value for an error message. Strings are quoted, so that `"5"` and `5` look different. */
export const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : typeof value === 'function' ? 'a function' : String(value))

/** Former names of options, for programs written for an earlier version. */
const RENAMED: ReadonlyMap<string, string> = new Map(Object.entries({
  cache: 'cacheTtl',
  drain: 'drainTimeout',
  eventLog: 'eventLogBytes',
  grace: 'exitTimeout',
  idle: 'idleTimeout',
  implied: 'impliedScopes',
  keepAlive: 'keepAliveInterval',
  known: 'knownServer',
  maxBody: 'bodyLimit',
  maxLine: 'messageLimit',
  maxMessage: 'messageLimit',
  maxQueued: 'queueBytes',
  maxTimeout: 'totalTimeout',
  maxTotalBody: 'totalBodyLimit',
  maxTotalQueued: 'totalQueueBytes',
  prefer: 'preferredRevision',
  remember: 'cacheTtl',
  retry: 'retryDelay',
  sessionIdle: 'sessionIdleTimeout',
  startup: 'startupTimeout',
  state: 'requestState',
  termination: 'terminationTimeout',
  totalEventLog: 'totalEventLogBytes',
}))

/** The name of every option of `T`. A missing name is a type error. */
export type OptionNames<T> = { readonly [Name in keyof T]-?: true }

/**
 * Throws `GANGWAY_E_USAGE` for an unknown option and suggests the closest name. An option whose value is undefined is treated as omitted.
 * `where` names the function in the message, such as `http()`. `meant` maps the names that other libraries use to ours.
 */
export function checkOptions(where: string, options: unknown, names: object, meant: ReadonlyMap<string, string> = new Map()): void {
  if (!isObject(options)) throw new GangwayError('GANGWAY_E_USAGE', `${where} expects an object of options, not ${typeof options === 'string' ? 'a string' : shown(options)}`) // A string passed by mistake may be a key.
  const unknown = Object.keys(options).find((name) => options[name] !== undefined && !Object.hasOwn(names, name))
  if (unknown === undefined) return
  const renamed = RENAMED.get(unknown)
  if (renamed !== undefined && Object.hasOwn(names, renamed)) throw new GangwayError('GANGWAY_E_USAGE', `${where} has no option "${unknown}": it is now called "${renamed}"`)
  const near = meant.get(unknown) ?? closest(unknown, Object.keys(names))
  throw new GangwayError('GANGWAY_E_USAGE', `${where} has no option "${unknown}": ${near ? `did you mean "${near}"?` : `use ${Object.keys(names).join(', ')}`}`)
}
