/** Finds out what the server speaks: asks in the modern era, and falls back to the handshake on the answers that say so. */
import { toDelay } from '../jsonrpc/delay.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { McpErrorCode } from '../protocol/error-codes.ts'
import { isLegacyRevision, isModernRevision, MODERN_REVISIONS, type LegacyRevision, type ModernRevision, type Revision } from '../protocol/revisions.ts'
import type { ClientConnection } from './connection.ts'
import { ClientError } from './errors.ts'
import { handshake } from './legacy.ts'
import { discover, modern } from './modern.ts'
import type { ServerDescription } from './server-description.ts'

export interface NegotiationOptions {
  /** Speaks this revision or none. @default the newest that both speak */
  revision?: Revision | undefined
  /** A revision with a handshake to try first: servers that speak both eras serve it, others are asked for what they speak. @default the modern era is tried first */
  prefer?: LegacyRevision | undefined
  /** What another client of the same server learnt, its `server`: asked no more. */
  known?: ServerDescription | undefined
  /** Milliseconds that a server of which nothing is known gets to answer in the modern era, before it is spoken to in the other one as well. @default 3,000 */
  probeTimeout?: number | undefined
}

/** Errors that only servers of the modern era have: there is nothing to fall back to. */
const MODERN_ERRORS = new Set<number>([McpErrorCode.HeaderMismatch, McpErrorCode.MissingCapability])
/** What HTTP says of the way to the server, whatever the server speaks. */
const UNRELATED_STATUS = new Set([401, 403, 407, 429, 502, 503, 504])

/**
 * Resolves with undefined where the question in the modern era has cost the connection: the server hung up, or refused the handshake after it.
 * A new connection that begins with the handshake may succeed.
 */
export async function negotiate(connection: ClientConnection, { revision, prefer, known, probeTimeout = 3000 }: NegotiationOptions): Promise<ServerDescription | undefined> {
  if (known && isModernRevision(known.revision)) {
    connection.begin(modern(known.revision))
    return known
  }
  const pinned = revision ?? known?.revision
  if (isLegacyRevision(pinned)) return handshake(connection, { asked: pinned, pinned: true })
  if (prefer && !pinned) return handshakeOrDiscover(connection, prefer)
  const found = await (pinned ? probe(connection, pinned) : discoverOrShakeHands(connection, probeTimeout))
  if (pinned && !found) throw refused(connection, pinned)
  if (found && isModernRevision(found.revision)) connection.begin(modern(found.revision))
  return found
}

/** Throws what the handshake did, where the server speaks the modern era no better. */
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
  const first = await orSilence(probing, probeTimeout)
  if (first === 'closed') return undefined
  if (first === 'legacy') return shakeHands(connection)
  if (first !== 'silence') return first
  // It may still be starting, so the question stays: whichever is answered first decides.
  const decided = new AbortController()
  const shaking = shakeHands(connection, decided.signal)
  for (const either of [shaking, probing]) either.catch(() => {})
  const second = await Promise.race([shaking, probing])
  if (second === 'closed') return undefined
  if (second === 'legacy') return shaking
  decided.abort()
  return second
}

/** After the question. Some bridges open their session for whatever request comes first, and then refuse the handshake. */
async function shakeHands(connection: ClientConnection, signal?: AbortSignal): Promise<ServerDescription | undefined> {
  try {
    return await handshake(connection, { ...(signal && { signal }) })
  } catch (error) {
    if (connection.ended || (!connection.exchanges && isRefusal(error))) return undefined // Over HTTP no connection carries the state of another request.
    throw error
  }
}

const isRefusal = (error: unknown): boolean => error instanceof PeerError || (error instanceof ClientError && error.code === 'GANGWAY_E_HTTP_STATUS' && !UNRELATED_STATUS.has(error.status ?? 0))

async function orSilence<T>(answer: Promise<T>, time: number): Promise<T | 'silence'> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<'silence'>((resolve) => (timer = setTimeout(() => resolve('silence'), toDelay(time))))
  try {
    return await Promise.race([answer, silence])
  } finally {
    clearTimeout(timer)
  }
}

/** Rejects for what no handshake would mend. */
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

/** Undefined if the two have no modern revision in common. */
function probe(connection: ClientConnection, asked: ModernRevision): Promise<ServerDescription | undefined> {
  return discover(connection, asked).catch((error: unknown) => askedAgain(connection, error))
}

/** A refused revision comes with those that are served. */
async function askedAgain(connection: ClientConnection, error: unknown): Promise<ServerDescription | undefined> {
  if (!(error instanceof PeerError) || error.code !== McpErrorCode.UnsupportedVersion) throw error
  const served = isObject(error.data) && Array.isArray(error.data.supported) ? error.data.supported : []
  const revision = MODERN_REVISIONS.find((one) => served.includes(one))
  if (revision) return discover(connection, revision)
  if (served.length === 0 || served.some(isLegacyRevision)) return undefined
  throw refused(connection, served.join(', '))
}

const refused = (connection: ClientConnection, served: string): ClientError =>
  new ClientError('GANGWAY_E_REVISION', `${connection.name} and this client have no protocol revision in common (${served})`)
