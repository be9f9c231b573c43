/** Checks that a value passed as a server is one: JavaScript programs can pass anything. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'

/** Recognizes a server by its members, because it may be a proxy. `form` is the correct call, for the error message. Throws `GANGWAY_E_USAGE`. */
export function checkServer(server: unknown, form: string): void {
  if (isObject(server) && 'definition' in server && typeof server.open === 'function') return
  throw new GangwayError('GANGWAY_E_USAGE', `No server given. Write ${form}, where server is a new McpServer({ name, version })`)
}
