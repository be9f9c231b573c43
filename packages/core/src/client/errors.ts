/** What can go wrong between a client and its server, each with a stable code and what was seen. */
import { GangwayError } from '../gangway-error.ts'

export type ClientErrorCode =
  /** Nobody is there: the connection is refused, the command does not start. */
  | 'GANGWAY_E_UNREACHABLE'
  /** HTTP says no; see `status`. */
  | 'GANGWAY_E_HTTP_STATUS'
  /** It leads elsewhere, and is not followed. */
  | 'GANGWAY_E_REDIRECT'
  /** What came is not MCP: HTML, a banner, half a message. */
  | 'GANGWAY_E_NOT_MCP'
  /** A message is larger than what is accepted. */
  | 'GANGWAY_E_TOO_LARGE'
  /** The server speaks no revision that is wanted here. */
  | 'GANGWAY_E_REVISION'
  /** The connection ended before the answer came. */
  | 'GANGWAY_E_CLOSED'
  | 'GANGWAY_E_TIMEOUT'
  /** The server does not know the session any more. Clients begin a new one by themselves, once for each request. */
  | 'GANGWAY_E_SESSION_ENDED'
  /** A result that is not what the method, or the tool's own output schema, promises. */
  | 'GANGWAY_E_RESULT'
  /** An answer to nothing that was asked, or a second one; a question that was not allowed. It is ignored. */
  | 'GANGWAY_E_UNASKED'

export interface ClientErrorOptions {
  cause?: unknown
  status?: number
}

/** Errors that the server itself answers with are `PeerError`. */
export class ClientError extends GangwayError {
  declare readonly code: ClientErrorCode
  /** Of the HTTP reply, where there was one. */
  readonly status: number | undefined

  constructor(code: ClientErrorCode, message: string, { status, ...options }: ClientErrorOptions = {}) {
    super(code, message, options)
    this.name = 'ClientError'
    this.status = status
  }
}

/** The beginning of what was seen, on one line. */
export function excerpt(text: string, length = 200): string {
  const whole = text.trim()
  return JSON.stringify(whole.length > length ? `${whole.slice(0, length)}…` : whole)
}

/** The first few of the texts, for a message. */
export function someOf(texts: readonly string[], most = 3): string {
  const more = texts.length - most
  return texts.slice(0, most).join('; ') + (more > 0 ? `; and ${more} more` : '')
}
