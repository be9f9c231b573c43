/** What is served must be a server: programs in JavaScript may hand over anything, or nothing. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'

/** Knows it by its members, as it may be a proxy. `form` is how the caller is to be called. Throws `GANGWAY_E_USAGE`. */
export function checkServer(server: unknown, form: string): void {
  if (isObject(server) && 'definition' in server && typeof server.open === 'function') return
  throw new GangwayError('GANGWAY_E_USAGE', `There is no server in it: write ${form}, where server is a new McpServer({ name, version })`)
}
