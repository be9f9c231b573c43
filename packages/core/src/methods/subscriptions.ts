/** Implements the subscriptions to changes: `subscriptions/listen` (modern), `resources/subscribe` and `resources/unsubscribe` (legacy). */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import { notification, type Params } from '../jsonrpc/message.ts'
import { ResourceNotFoundError } from '../protocol/mcp-errors.ts'
import { checkSubscriptions } from '../protocol/kept-bytes.ts'
import { META } from '../protocol/revisions.ts'
import { toNotification } from '../definition/changes.ts'
import { LISTEN_FLAGS, listsOf, offeredOf, type ListenFilter } from '../definition/listen-filter.ts'
import { canReceiveUpdate } from './check-access.ts'
import type { Method } from './method.ts'
import { checkUriLength, objectParam, optionalParam, uriParam } from './params.ts'
import { findResource } from './resources.ts'

export interface SubscribingSession {
  subscribe(uri: string): void
  unsubscribe(uri: string): void
}

export const subscribe: Method<SubscribingSession> = ({ definition }, params, { session }) => {
  const uri = uriParam(params)
  if (!findResource(definition, uri)) throw new ResourceNotFoundError(uri)
  session.subscribe(uri)
  return {}
}

export const unsubscribe: Method<SubscribingSession> = (_server, params, { session }) => {
  session.unsubscribe(uriParam(params))
  return {}
}

/** Sends a notification for each change. The response is sent when the server shuts down. Specification 2026-07-28: basic/subscriptions. */
export const listen: Method = (server, params, ctx) => {
  const filter = offeredOf(parseFilter(params), server.definition.capabilities)
  const _meta = { [META.subscriptionId]: ctx.id }
  const subscription = server.changes.subscribe((change) => {
    if ('list' in change || canReceiveUpdate(server, change.uri, ctx.auth)) ctx.exchange.send(toNotification(change, _meta))
  }, listsOf(filter), filter.resourceSubscriptions)
  ctx.exchange.send(notification('notifications/subscriptions/acknowledged', { notifications: filter, _meta }))
  return new Promise((resolve) => {
    ctx.exchange.onEnd(() => {
      server.changes.flush()
      subscription.end()
      resolve({ _meta })
    })
  })
}

function parseFilter(params: Params): ListenFilter {
  const notifications = objectParam(params, 'notifications')
  const resourceSubscriptions = optionalParam(notifications, 'resourceSubscriptions')
  const filter: ListenFilter = {}
  for (const flag of LISTEN_FLAGS) {
    const value = optionalParam(notifications, flag)
    if (value !== undefined && typeof value !== 'boolean') throw new InvalidParamsError(`"notifications.${flag}" must be true or false`)
    if (value) filter[flag] = true
  }
  if (resourceSubscriptions === undefined) return filter
  if (!Array.isArray(resourceSubscriptions) || !resourceSubscriptions.every((uri) => typeof uri === 'string')) {
    throw new InvalidParamsError('"notifications.resourceSubscriptions" must be an array of URIs')
  }
  checkSubscriptions(resourceSubscriptions)
  for (const uri of resourceSubscriptions) checkUriLength(uri, 'notifications.resourceSubscriptions')
  return { ...filter, resourceSubscriptions }
}
