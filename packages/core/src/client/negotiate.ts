/** Negotiates the protocol revision: tries the modern era first, and falls back to the `initialize` handshake if the server does not support it. */
import { withTimeout } from '../util/with-timeout.ts'
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { isObject } from '../util/is-object.ts'
import { McpErrorCode } from '../protocol/mcp-error-codes.ts'
import { isLegacyRevision, isModernRevision, MODERN_REVISIONS, type LegacyRevision, type ModernRevision, type Revision } from '../protocol/revisions.ts'
import type { ClientConnection } from './client-connection.ts'
import { ClientError } from './client-errors.ts'
import { handshake } from './legacy-client-era.ts'
import { discover, modern } from './modern-client-era.ts'
import type { ServerDescription } from './server-description.ts'

export interface NegotiationOptions {
  /** Pins the protocol revision; connecting fails if the server does not support it. @default the newest that both speak */
  revision?: Revision | undefined
  /** A legacy revision to try first. Servers that support both eras then use it; modern-only servers are discovered afterwards. @default the modern era is tried first */
  preferredRevision?: LegacyRevision | undefined
  /** The `server` property of an earlier client of the same server, which may be a stored copy. Skips the negotiation. */
  knownServer?: ServerDescription | undefined
  /** Milliseconds to wait for an unknown server's response in the modern era before the client also tries the handshake. @default 3,000 */
  probeTimeout?: number | undefined
}

/** Errors that only modern servers return, so a handshake cannot succeed either. */
const MODERN_ERRORS = new Set<number>([McpErrorCode.HeaderMismatch, McpErrorCode.MissingCapability])
/** HTTP statuses about access or availability. They do not tell which era the server speaks. */
const UNRELATED_STATUS = new Set([401, 403, 407, 429, 502, 503, 504])

/**
 * Resolves with undefined if the modern request has made the connection unusable: the server closed it, or then rejected the handshake.
 * A new connection that starts with the handshake may succeed.
 */
export async function negotiate(connection: ClientConnection, { revision, preferredRevision, knownServer, probeTimeout = 3000 }: NegotiationOptions): Promise<ServerDescription | undefined> {
  if (knownServer && isModernRevision(knownServer.revision)) {
    connection.begin(modern(knownServer.revision))
    return knownServer
  }
  const pinned = revision ?? knownServer?.revision
  if (isLegacyRevision(pinned)) return handshake(connection, { asked: pinned, pinned: true }).catch((error: unknown) => rejected(connection, pinned, error))
  if (preferredRevision && !pinned) return handshakeOrDiscover(connection, preferredRevision)
  const found = await (pinned ? probe(connection, pinned).catch((error: unknown) => rejected(connection, pinned, error)) : discoverOrShakeHands(connection, probeTimeout))
  if (pinned && !found) throw refused(connection, pinned)
  if (found && isModernRevision(found.revision)) connection.begin(modern(found.revision))
  return found
}

/** Throws the error of the handshake if the server does not speak the modern era either. */
async function handshakeOrDiscover(connection: ClientConnection, asked: LegacyRevision): Promise<ServerDescription | undefined> {
  try {
    return await handshake(connection, { asked })
  } catch (error) {
    if (connection.ended || !meansOtherEra(error)) throw error
    const found = await probe(connection, MODERN_REVISIONS[0]).catch(() => undefined)
    if (!found || !isModernRevision(found.revision)) throw error
    connection.begin(modern(found.revision))
    return found
  }
}

const meansOtherEra = (error: unknown): boolean => error instanceof PeerError || (error instanceof ClientError && error.code !== 'GANGWAY_E_TIMEOUT' && meansLegacy(error))

async function discoverOrShakeHands(connection: ClientConnection, probeTimeout: number): Promise<ServerDescription | undefined> {
  const probing = fallingBack(connection)
  const first = await withTimeout(probeTimeout, probing, () => 'silence' as const)
  if (first === 'closed') return undefined
  if (first === 'legacy') return initialize(connection)
  if (first !== 'silence') return first
  // The server may still be starting, so keep the modern request pending: the first response decides.
  const decided = new AbortController()
  const shaking = initialize(connection, decided.signal)
  for (const either of [shaking, probing]) either.catch(() => {})
  const second = await Promise.race([shaking, probing])
  if (second === 'closed') return undefined
  if (second === 'legacy') return shaking
  decided.abort()
  return second
}

/**
 * Sends the handshake after a modern request. Resolves with undefined if a new connection may succeed:
 * some bridges open a session for any first request, and then reject the handshake.
 */
async function initialize(connection: ClientConnection, signal?: AbortSignal): Promise<ServerDescription | undefined> {
  try {
    return await handshake(connection, { ...(signal && { signal }) })
  } catch (error) {
    if (connection.ended || (!connection.exchanges && isRefusal(error))) return undefined // Not over HTTP: there, a request does not affect the connections of later ones.
    throw error
  }
}

const isRefusal = (error: unknown): boolean => error instanceof PeerError || (error instanceof ClientError && error.code === 'GANGWAY_E_HTTP_STATUS' && !UNRELATED_STATUS.has(error.status ?? 0))

/** Rejects with errors that a handshake cannot resolve, such as a rejected token. */
async function fallingBack(connection: ClientConnection): Promise<ServerDescription | 'legacy' | 'closed'> {
  try {
    return (await probe(connection, MODERN_REVISIONS[0])) ?? 'legacy'
  } catch (error) {
    if (connection.ended) return 'closed'
    if (meansLegacy(error)) return 'legacy'
    throw error
  }
}

function meansLegacy(error: unknown): boolean {
  if (error instanceof PeerError) return !MODERN_ERRORS.has(error.code)
  if (!(error instanceof ClientError)) return false
  if (error.code === 'GANGWAY_E_HTTP_STATUS') return !UNRELATED_STATUS.has(error.status ?? 0)
  return error.code === 'GANGWAY_E_TIMEOUT' || error.code === 'GANGWAY_E_RESULT' || error.code === 'GANGWAY_E_SESSION_ENDED'
}

/** Resolves with undefined if client and server have no modern revision in common. */
function probe(connection: ClientConnection, asked: ModernRevision): Promise<ServerDescription | undefined> {
  return discover(connection, asked).catch((error: unknown) => askedAgain(connection, error))
}

/** The error for an unsupported revision lists the supported ones: tries one of those. */
async function askedAgain(connection: ClientConnection, error: unknown): Promise<ServerDescription | undefined> {
  if (!(error instanceof PeerError) || error.code !== McpErrorCode.UnsupportedVersion) throw error
  const served = isObject(error.data) && Array.isArray(error.data.supported) ? error.data.supported : []
  const revision = MODERN_REVISIONS.find((one) => served.includes(one))
  if (revision) return discover(connection, revision)
  if (served.length === 0 || served.some(isLegacyRevision)) return undefined
  throw refused(connection, served.join(', '))
}

/**
 * Errors of servers that lack the first method of the other era: `initialize` is only legacy, `server/discover` only modern.
 * Any other error of a handshake, such as a missing token, says nothing about the era.
 */
const UNKNOWN_METHOD = new Set<number>([ErrorCode.MethodNotFound, McpErrorCode.UnsupportedVersion])

/**
 * Throws `GANGWAY_E_REVISION` if the error shows that the server speaks the other era, and rethrows other errors.
 * An internal error may come from a modern server, and a status such as 404 may mean a wrong path, so both are rethrown.
 */
function rejected(connection: ClientConnection, pinned: Revision, error: unknown): never {
  const isOfOtherEra =
    error instanceof PeerError
      ? isModernRevision(pinned) ? !MODERN_ERRORS.has(error.code) && error.code !== ErrorCode.InternalError : UNKNOWN_METHOD.has(error.code) //
      : error instanceof ClientError && error.code === 'GANGWAY_E_HTTP_STATUS' && error.status === 400
  if (!isOfOtherEra) throw error
  throw new ClientError('GANGWAY_E_REVISION', `${connection.name} does not speak revision ${pinned}, which this client is pinned to. It responded: ${(error as Error).message}`, { cause: error, ...(error instanceof ClientError && error.status !== undefined && { status: error.status }) })
}

const refused = (connection: ClientConnection, served: string): ClientError =>
  new ClientError('GANGWAY_E_REVISION', `${connection.name} and this client have no protocol revision in common (${served})`)
