/** The stateful era from the client's side: a handshake, and a server that may ask. */
import type { Params } from '../jsonrpc/message.ts'
import { isLegacyRevision, LEGACY_REVISIONS, type LegacyRevision } from '../protocol/revisions.ts'
import type { ServerCapabilities } from '../protocol/types/base.ts'
import type { ClientEra, Requester } from './era.ts'
import { ClientError } from './errors.ts'
import { describeServer, type ServerDescription } from './server-description.ts'
import { FLAGS, Subscription, type ListenFilter } from './subscription.ts'

const legacy: ClientEra = {
  serverAsks: true,
  leaves: false,
  envelope: () => ({}),

  listen: async (requester, { capabilities }, filter) => {
    const uris = capabilities.resources?.subscribe ? (filter.resourceSubscriptions ?? []) : []
    for (const uri of uris) await retain(requester, uri)
    const subscription = new Subscription(honoured(filter, capabilities), async () => {
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
  /** Takes no other revision. */
  readonly pinned?: boolean
  readonly signal?: AbortSignal
}

/** Throws `GANGWAY_E_REVISION` if the server wants a revision that is not spoken here, or another than the one that is pinned. */
export async function handshake(requester: Requester, { asked = LEGACY_REVISIONS[0], pinned = false, signal }: HandshakeOptions = {}): Promise<ServerDescription> {
  const { info, capabilities } = requester.settings
  const result = (await requester.request('initialize', { protocolVersion: asked, capabilities, clientInfo: info }, { era: legacy, signal })) as Params
  const { protocolVersion: revision } = result
  if (!isLegacyRevision(revision) || (pinned && revision !== asked)) {
    throw new ClientError('GANGWAY_E_REVISION', `${requester.name} speaks ${String(revision)}, and this client ${pinned ? `is pinned to ${asked}` : LEGACY_REVISIONS.join(', ')}`)
  }
  requester.begin(legacy, async () => {
    await handshake(requester, { asked: revision, pinned: true })
    await restore(requester)
  })
  await requester.notify('notifications/initialized', {})
  return describeServer(revision, result, result.serverInfo)
}

/** What the last session knew, the next one has to be told. */
async function restore(requester: Requester): Promise<void> {
  const { logLevel } = requester.settings
  if (logLevel) await requester.request('logging/setLevel', { level: logLevel }, { era: legacy })
  for (const uri of requester.uris.keys()) await requester.request('resources/subscribe', { uri }, { era: legacy })
}

/** Several subscriptions may share a URI: the server knows of one. */
async function retain(requester: Requester, uri: string): Promise<void> {
  const users = requester.uris.get(uri) ?? 0
  if (users === 0) await requester.request('resources/subscribe', { uri })
  requester.uris.set(uri, users + 1)
}

/** The server need not be there any more. */
async function release(requester: Requester, uri: string): Promise<void> {
  const users = requester.uris.get(uri) ?? 0
  if (users > 1) return void requester.uris.set(uri, users - 1)
  requester.uris.delete(uri)
  await requester.request('resources/unsubscribe', { uri }).catch(() => {})
}

/** What the server does not offer can not change. */
function honoured({ resourceSubscriptions, ...flags }: ListenFilter, capabilities: ServerCapabilities): ListenFilter {
  const offered = Object.entries(flags).filter(([flag, wanted]) => wanted && capabilities[FLAGS[flag as keyof typeof FLAGS]]?.listChanged)
  return { ...Object.fromEntries(offered), ...(resourceSubscriptions && capabilities.resources?.subscribe && { resourceSubscriptions }) }
}
