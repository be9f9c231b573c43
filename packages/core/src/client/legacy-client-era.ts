/** The legacy era (up to 2025-11-25) on the client side: an `initialize` handshake, sessions, and servers that can send requests. */
import type { Params } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { isLegacyRevision, LEGACY_REVISIONS, type LegacyRevision } from '../protocol/revisions.ts'
import { offeredOf } from '../definition/listen-filter.ts'
import type { ClientEra, Requester } from './client-era.ts'
import { ClientError } from './client-errors.ts'
import { describeServer, type ServerDescription } from './server-description.ts'
import { Subscription } from './subscription.ts'

const legacy: ClientEra = {
  serverAsks: true,
  leaves: false,
  envelope: () => ({}),

  listen: async (requester, { capabilities }, filter) => {
    const uris = capabilities.resources?.subscribe ? (filter.resourceSubscriptions ?? []) : []
    await retainAll(requester, uris)
    const subscription = new Subscription(offeredOf(filter, capabilities), async () => {
      requester.subscriptions.delete(subscription)
      for (const uri of uris) await release(requester, uri)
    })
    requester.subscriptions.add(subscription)
    return subscription
  },

  setLogLevel: async (requester, level) => void (await requester.request('logging/setLevel', { level })),
}

interface HandshakeOptions {
  readonly asked?: LegacyRevision
  /** Rejects any other revision than `asked`. */
  readonly pinned?: boolean
  readonly signal?: AbortSignal
}

/** Throws `GANGWAY_E_REVISION` if the server selects a revision that this client does not support, or one other than the pinned revision. */
export async function handshake(requester: Requester, { asked = LEGACY_REVISIONS[0], pinned = false, signal }: HandshakeOptions = {}): Promise<ServerDescription> {
  const { info, capabilities } = requester.settings
  const result = (await requester.request('initialize', { protocolVersion: asked, capabilities, clientInfo: info }, { era: legacy, signal })) as Params
  const { protocolVersion: revision } = result
  if (!isLegacyRevision(revision) || (pinned && revision !== asked)) {
    throw new ClientError('GANGWAY_E_REVISION', `${requester.name} speaks ${String(revision)}, and this client ${pinned ? `is pinned to ${asked}` : `supports ${LEGACY_REVISIONS.join(', ')}`}`)
  }
  requester.begin(legacy, async () => {
    await handshake(requester, { asked: revision, pinned: true })
    await restore(requester)
  })
  await requester.notify('notifications/initialized', {})
  return describeServer(revision, result, result.serverInfo)
}

/** Repeats the log level and the resource subscriptions in a new session, which starts without them. */
async function restore(requester: Requester): Promise<void> {
  const { logLevel } = requester.settings
  if (logLevel) {
    await requester.request('logging/setLevel', { level: logLevel }, { era: legacy }).catch((error: unknown) => {
      if (!(error instanceof PeerError)) throw error // The client reported this refusal when it connected.
    })
  }
  for (const uri of requester.uris.keys()) await requester.request('resources/subscribe', { uri }, { era: legacy })
}

/** Subscribes to all URIs. If the server rejects one of them, the others are released again. */
async function retainAll(requester: Requester, uris: readonly string[]): Promise<void> {
  const outcomes = await Promise.allSettled(uris.map((uri) => retain(requester, uri)))
  const refused = outcomes.find((outcome) => outcome.status === 'rejected')
  if (!refused) return
  await Promise.all(uris.filter((_, index) => outcomes[index]?.status === 'fulfilled').map((uri) => release(requester, uri)))
  throw refused.reason
}

/** Subscriptions of this client may share a URI; the server receives only one `resources/subscribe` for it. */
async function retain(requester: Requester, uri: string): Promise<void> {
  const shared = requester.uris.get(uri) ?? { users: 0, agreed: requester.request('resources/subscribe', { uri }) }
  requester.uris.set(uri, shared)
  shared.users++
  try {
    await shared.agreed
  } catch (error) {
    if (--shared.users === 0) requester.uris.delete(uri)
    throw error
  }
}

/** Ignores errors, because the server may already be gone. */
async function release(requester: Requester, uri: string): Promise<void> {
  const shared = requester.uris.get(uri)
  if (!shared || --shared.users > 0) return
  requester.uris.delete(uri)
  await requester.request('resources/unsubscribe', { uri }).catch(() => {})
}
