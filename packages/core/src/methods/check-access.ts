/** Checks which scopes a request needs, and which change notifications a caller may receive. */
import { isObject } from '../util/is-object.ts'
import type { Params, RequestMessage } from '../jsonrpc/message.ts'
import { InsufficientScopeError } from '../protocol/mcp-errors.ts'
import { MAX_SUBSCRIPTIONS } from '../protocol/kept-bytes.ts'
import type { AuthInfo } from '../protocol/types/base-types.ts'
import { isGranted, type Access } from '../definition/access.ts'
import type { Definition, ServerDefinition } from '../definition/server-definition.ts'
import { MAX_URI_LENGTH } from '../definition/uri-length.ts'
import { visibleTo } from '../definition/visibility.ts'
import { findCompleted } from './completion.ts'
import { findResource } from './resources.ts'

type Asked = Pick<RequestMessage, 'method' | 'params'>

/**
 * Throws `InsufficientScopeError` with all the scopes that the requests need together, if an authenticated caller lacks one of them.
 * Items that are hidden from the caller need no scopes: for this caller they do not exist.
 */
export function requireScopes(server: ServerDefinition, requests: readonly Asked[], auth: AuthInfo | undefined): void {
  if (!auth || !server.access.scoped) return
  const { definition } = visibleTo(server, auth)
  const needed = requests.flatMap(({ method, params }) => targets(definition, method, params ?? {}).flatMap((access) => access?.scopes ?? []))
  const all = [...new Set([...server.access.scopes, ...needed])]
  if (!isGranted(auth, all)) throw new InsufficientScopeError(all)
}

/** Returns the access rules of the items that a request calls, reads, subscribes to or completes. A URI that is too long is skipped: the method rejects it later. */
function targets(definition: Definition, method: string, params: Params): (Access | undefined)[] {
  const resource = (uri: unknown): Access | undefined => (isMatchable(uri) ? findResource(definition, uri)?.resource.access : undefined)
  const completed = (uri: unknown): Access | undefined => (isMatchable(uri) ? findCompleted(definition, uri)?.access : undefined)
  if (method === 'tools/call') return [definition.tools.get(params.name as string)?.access]
  if (method === 'prompts/get') return [definition.prompts.get(params.name as string)?.access]
  if (method === 'resources/read' || method === 'resources/subscribe') return [resource(params.uri)]
  const { ref, notifications } = params
  if (method === 'completion/complete' && isObject(ref)) return [ref.type === 'ref/prompt' ? definition.prompts.get(ref.name as string)?.access : completed(ref.uri)]
  if (method === 'subscriptions/listen' && isObject(notifications) && Array.isArray(notifications.resourceSubscriptions) && notifications.resourceSubscriptions.length <= MAX_SUBSCRIPTIONS) return notifications.resourceSubscriptions.map(resource)
  return []
}

/** Scopes are checked before the method checks its params, so the URI may be of any type and length. */
const isMatchable = (uri: unknown): uri is string => typeof uri === 'string' && uri.length <= MAX_URI_LENGTH

/** Whether a caller may be notified that a resource changed. It may not if the resource is hidden from it, or if it lacks the scopes to read it. */
export function canReceiveUpdate(server: ServerDefinition, uri: string, auth: AuthInfo | undefined): boolean {
  const { definition, access } = visibleTo(server, auth) // Evaluated for every change: the visibility may differ from that at the time of the subscription.
  const found = findResource(definition, uri)
  return found ? isGranted(auth, found.resource.access?.scopes) : !access.restricted
}

/** Whether every caller may be notified of changes of this resource. */
export function isUnrestricted(definition: Definition, uri: string): boolean {
  const { scopes, visible } = findResource(definition, uri)?.resource.access ?? {}
  return !scopes && !visible
}
