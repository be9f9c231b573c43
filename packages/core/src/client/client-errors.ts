/** `ClientError`: the errors of a client that the server did not send, each with a stable code, and helpers to quote server output in messages. */
import { GangwayError } from '../gangway-error.ts'

export type ClientErrorCode =
  /** No connection: for example, it was refused, or the command did not start. */
  | 'GANGWAY_E_UNREACHABLE'
  /** The server responded with an HTTP error; see `status`. */
  | 'GANGWAY_E_HTTP_STATUS'
  /** The server redirected to another origin, redirected a POST in a way that drops its body, or redirected too often. */
  | 'GANGWAY_E_REDIRECT'
  /** The server sent something other than MCP, such as HTML, a banner or a truncated message. */
  | 'GANGWAY_E_NOT_MCP'
  /** A message exceeds the size limit. */
  | 'GANGWAY_E_TOO_LARGE'
  /** The client and the server have no protocol revision in common, or the server rejected the pinned one. */
  | 'GANGWAY_E_REVISION'
  /** The connection ended before the response arrived. */
  | 'GANGWAY_E_CLOSED'
  | 'GANGWAY_E_TIMEOUT'
  /** The server no longer knows the session. The client establishes a new session automatically, once for each request. */
  | 'GANGWAY_E_SESSION_ENDED'
  /** A result that does not match the method's schema, or the tool's output schema. */
  | 'GANGWAY_E_RESULT'
  /** An unexpected message, which is ignored: a response without a pending request, a second response, or a request that the revision does not allow. */
  | 'GANGWAY_E_UNASKED'

export interface ClientErrorOptions {
  cause?: unknown
  status?: number
}

/** A failure between client and server. Errors that the server itself returns are `PeerError`. */
export class ClientError extends GangwayError {
  declare readonly code: ClientErrorCode
  /** Status of the HTTP response, if there was one. */
  readonly status: number | undefined

  constructor(code: ClientErrorCode, message: string, { status, ...options }: ClientErrorOptions = {}) {
    super(code, message, options)
    this.name = 'ClientError'
    this.status = status
  }
}

/** Quotes the first `length` characters on one line, for error messages. */
export function excerpt(text: string, length = 200): string {
  const whole = text.trim()
  return JSON.stringify(whole.length > length ? `${whole.slice(0, length)}…` : whole)
}

/** Joins the first `most` texts for an error message, and counts the rest. */
export function someOf(texts: readonly string[], most = 3): string {
  const more = texts.length - most
  return texts.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '')
}
