/** The `errors` option of a server: what clients see of an unexpected error. */
import { GangwayError } from '../gangway-error.ts'

/** Where an unexpected error was thrown. */
export interface FailureInfo {
  /** The log line has the same id, so that the stack can be found from a user's report. */
  readonly errorId: string
  readonly kind: 'tool' | 'prompt' | 'resource' | 'completion' | 'request'
  /** The name of the tool or prompt, the URI of the resource, or the method of any other request. */
  readonly name: string
}

/** Returns the message for the client; undefined masks the error. Must be synchronous. */
export type DescribeError = (error: unknown, info: FailureInfo) => string | undefined

/** `masked`: the client sees "Internal error" and an error id. `message`: it sees the error's own message. A function decides for each error. */
export type ErrorPolicy = 'masked' | 'message' | DescribeError

/** Throws `GANGWAY_E_USAGE`. */
export function checkErrorPolicy(errors: unknown): void {
  if (errors === 'masked' || errors === 'message' || typeof errors === 'function') return
  throw new GangwayError('GANGWAY_E_USAGE', `"errors" of new McpServer() must be 'masked', 'message' or a function (error, info) => string, not ${JSON.stringify(errors)}`)
}
