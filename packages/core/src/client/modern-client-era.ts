/** The modern era (2026-07-28) on the client side: each request carries its own context, and a subscription is a long-lived request. */
import { withTimeout } from '../util/with-timeout.ts'
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { META, MODERN_REVISIONS, type ModernRevision } from '../protocol/revisions.ts'
import type { ListenFilter } from '../definition/listen-filter.ts'
import type { ClientEra, Requester } from './client-era.ts'
import { ClientError } from './client-errors.ts'
import { describeServer, type ServerDescription } from './server-description.ts'
import { parseFilter, Subscription } from './subscription.ts'

export const modern = (revision: ModernRevision): ClientEra => ({
  serverAsks: false,
  leaves: true,
  envelope: ({ info, capabilities, logLevel }) => ({
    [META.protocolVersion]: revision,
    [META.clientInfo]: info,
    [META.clientCapabilities]: capabilities,
    ...(logLevel && { [META.logLevel]: logLevel }),
  }),
  listen: (requester, _server, filter) => listen(requester, filter),
  setLogLevel: async () => {}, // Each request carries the level.
})

/** Resolves with the server's description, or with undefined if client and server have no modern revision in common. */
export async function discover(requester: Requester, asked: ModernRevision = MODERN_REVISIONS[0]): Promise<ServerDescription | undefined> {
  const result = (await requester.request('server/discover', {}, { era: modern(asked) })) as Params
  const revision = MODERN_REVISIONS.find((one) => (result.supportedVersions as unknown[]).includes(one))
  return revision && describeServer(revision, result, isObject(result._meta) ? result._meta[META.serverInfo] : undefined)
}

/** Resolves once the server has acknowledged the subscription. Rejects if it does not within the request timeout. */
function listen(requester: Requester, filter: ListenFilter): Promise<Subscription> {
  const leaving = new AbortController()
  const { timeout } = requester.settings
  const opening = new Promise<Subscription>((resolve, reject) => {
    let subscription: Subscription | undefined
    const acknowledge = (agreed: Params): void => {
      subscription = new Subscription(parseFilter(agreed), async () => {
        requester.subscriptions.delete(opened)
        leaving.abort(new DOMException('The subscription was closed', 'AbortError'))
      })
      const opened = subscription
      requester.subscriptions.add(opened)
      resolve(opened)
    }
    const finish = (error?: Error): void => {
      if (!subscription) return reject(error ?? new ClientError('GANGWAY_E_RESULT', `${requester.name} answered subscriptions/listen without acknowledging it`))
      requester.subscriptions.delete(subscription)
      subscription.finish(error)
    }
    requester.request('subscriptions/listen', { notifications: filter }, { signal: leaving.signal, timeout: Number.POSITIVE_INFINITY, onAcknowledged: acknowledge, notify: (change) => subscription?.notify(change) }).then(() => finish(), finish)
  })
  return withTimeout(timeout, opening, () => {
    leaving.abort(new ClientError('GANGWAY_E_TIMEOUT', `${requester.name} did not acknowledge subscriptions/listen within ${timeout} ms`))
    throw leaving.signal.reason
  })
}
