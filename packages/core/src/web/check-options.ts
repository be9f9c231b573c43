/** Options of HTTP transports that would be taken for something else than they seem to say. */
import { GangwayError } from '../gangway-error.ts'

/** Below a prefix, `mcp` would make `/apimcp`; a handler would never be found at it. Throws `GANGWAY_E_USAGE`. */
export function checkPath(option: string, path: string | undefined): void {
  if (path && !path.startsWith('/')) throw new GangwayError('GANGWAY_E_USAGE', `${option} must begin with /: "/${path}", not "${path}"`)
}

/** None means never, where 0 seems to. Throws `GANGWAY_E_USAGE`. */
export function checkTime(option: string, milliseconds: number): void {
  if (!(milliseconds > 0)) throw new GangwayError('GANGWAY_E_USAGE', `${option} must be more than 0 milliseconds, not ${milliseconds}: for never, say Infinity`)
}
