/** What clients see of an unexpected error: the `errors` option of a server. */
import { GangwayError } from '../gangway-error.ts'

/** Where an unexpected error was thrown. */
export interface FailureInfo {
  /** Also in the log line, so that a user's report leads to the stack. */
  readonly errorId: string
  readonly kind: 'tool' | 'prompt' | 'resource' | 'completion' | 'request'
  /** The name of the tool or prompt, the URI of the resource, or the method of any other request. */
  readonly name: string
}

/** Returns what the client sees; undefined masks the error. It must not be async. */
export type DescribeError = (error: unknown, info: FailureInfo) => string | undefined

/** `masked`: "Internal error" and an error id. `message`: the error's own message. */
export type ErrorPolicy = 'masked' | 'message' | DescribeError

/** Throws `GANGWAY_E_USAGE`. */
export function checkErrorPolicy(errors: unknown): void {
  if (errors === 'masked' || errors === 'message' || typeof errors === 'function') return
  throw new GangwayError('GANGWAY_E_USAGE', `"errors" of new McpServer() must be 'masked', 'message' or a function (error, info) => string, not ${JSON.stringify(errors)}`)
}
