/** Error messages for clients of a proxy: which upstream failed, and the kind of failure. Commands, URLs and upstream output go only to the log. */
import type { ClientErrorCode } from '../client/client-errors.ts'
import { isGangwayError } from '../gangway-error.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'

const REASONS: Readonly<Record<ClientErrorCode, string>> = {
  GANGWAY_E_UNREACHABLE: 'cannot be reached',
  GANGWAY_E_HTTP_STATUS: 'refused the request',
  GANGWAY_E_REDIRECT: 'redirects to another address',
  GANGWAY_E_NOT_MCP: 'sent something that is not MCP',
  GANGWAY_E_TOO_LARGE: 'sent a message that is too large',
  GANGWAY_E_REVISION: 'speaks none of the protocol revisions of this proxy',
  GANGWAY_E_CLOSED: 'closed the connection',
  GANGWAY_E_TIMEOUT: 'did not respond in time',
  GANGWAY_E_SESSION_ENDED: 'ended the session',
  GANGWAY_E_RESULT: 'sent an invalid result',
  GANGWAY_E_UNASKED: 'sent an unexpected message',
}

/**
 * `upstream` is the configured name; undefined if there is only one upstream.
 * Unknown errors are reported as "cannot be reached", because their messages could contain secrets.
 */
export function publicError(error: unknown, upstream: string | undefined): string {
  const name = nameOf(upstream)
  if (error instanceof PeerError) return `${name} refused the connection`
  if (!isGangwayError(error) || !Object.hasOwn(REASONS, error.code)) return `${name} cannot be reached`
  const status = error.code === 'GANGWAY_E_HTTP_STATUS' && 'status' in error && typeof error.status === 'number' ? ` (HTTP ${error.status})` : ''
  return `${name} ${REASONS[error.code as ClientErrorCode]}${status}`
}

/** The message for a client whose request was not answered within `startupTimeout`. */
export const publicDelay = (upstream: string | undefined): string => `${nameOf(upstream)} has not responded yet: try again later`

const nameOf = (upstream: string | undefined): string => (upstream === undefined ? 'The upstream server' : `Upstream "${upstream}"`)
