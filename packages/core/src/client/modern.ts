/** The stateless era from the client's side: every request brings its own context, and to hear of changes is a request that lasts. */
import { toDelay } from '../jsonrpc/delay.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import { META, MODERN_REVISIONS, type ModernRevision } from '../protocol/revisions.ts'
import type { ListenFilter } from '../server/listen-filter.ts'
import type { ClientEra, Requester } from './era.ts'
import { ClientError } from './errors.ts'
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
  setLogLevel: async () => {}, // Each request says it.
})

/** Resolves with what the server says of itself; undefined if it speaks no revision that this client does. */
export async function discover(requester: Requester, asked: ModernRevision = MODERN_REVISIONS[0]): Promise<ServerDescription | undefined> {
  const result = (await requester.request('server/discover', {}, { era: modern(asked) })) as Params
  const revision = MODERN_REVISIONS.find((one) => (result.supportedVersions as unknown[]).includes(one))
  return revision && describeServer(revision, result, isObject(result._meta) ? result._meta[META.serverInfo] : undefined)
}

/** Resolves when the server has acknowledged what it will tell. */
function listen(requester: Requester, filter: ListenFilter): Promise<Subscription> {
  return new Promise((resolve, reject) => {
    const leaving = new AbortController()
    const { timeout } = requester.settings
    let subscription: Subscription | undefined
    const late = setTimeout(() => leaving.abort(new ClientError('GANGWAY_E_TIMEOUT', `${requester.name} did not acknowledge subscriptions/listen within ${timeout} ms`)), toDelay(timeout))
    const acknowledge = (agreed: Params): void => {
      clearTimeout(late)
      subscription = new Subscription(parseFilter(agreed), async () => {
        requester.subscriptions.delete(opened)
        leaving.abort(new DOMException('The client listens no more', 'AbortError'))
      })
      const opened = subscription
      requester.subscriptions.add(opened)
      resolve(opened)
    }
    const finish = (error?: Error): void => {
      clearTimeout(late)
      if (!subscription) return reject(error ?? new ClientError('GANGWAY_E_RESULT', `${requester.name} answered subscriptions/listen without acknowledging it`))
      requester.subscriptions.delete(subscription)
      subscription.finish(error)
    }
    requester.request('subscriptions/listen', { notifications: filter }, { signal: leaving.signal, timeout: Number.POSITIVE_INFINITY, onAcknowledged: acknowledge, tell: (change) => subscription?.tell(change) }).then(() => finish(), finish)
  })
}
