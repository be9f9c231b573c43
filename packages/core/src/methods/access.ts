/** What a request, or a notification, needs who is at the other end to have been granted. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, RequestMessage } from '../jsonrpc/message.ts'
import { InsufficientScopeError } from '../protocol/errors.ts'
import { MAX_SUBSCRIPTIONS } from '../protocol/kept-bytes.ts'
import type { AuthInfo } from '../protocol/types/base.ts'
import { isGranted, type Access } from '../server/access.ts'
import type { Definition, ServerDefinition } from '../server/definition.ts'
import { MAX_URI_LENGTH } from '../server/uri-length.ts'
import { seenBy } from '../server/view.ts'
import { findCompleted } from './completion.ts'
import { findResource } from './resources.ts'

type Asked = Pick<RequestMessage, 'method' | 'params'>

/** Throws `InsufficientScopeError` with all that the requests need together, for a caller who is known and has been granted less. What a caller cannot see needs nothing: it does not exist. */
export function requireScopes(server: ServerDefinition, requests: readonly Asked[], auth: AuthInfo | undefined): void {
  if (!auth || !server.access.scoped) return
  const { definition } = seenBy(server, auth)
  const needed = requests.flatMap(({ method, params }) => targets(definition, method, params ?? {}).flatMap((access) => access?.scopes ?? []))
  const all = [...new Set([...server.access.scopes, ...needed])]
  if (!isGranted(auth, all)) throw new InsufficientScopeError(all)
}

/** The items that a request calls, reads, watches or completes. A URI that is too long needs nothing: the method rejects it. */
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

/** Authorization runs before a method has checked its parameters. */
const isMatchable = (uri: unknown): uri is string => typeof uri === 'string' && uri.length <= MAX_URI_LENGTH

/** Whether a caller may be told of changes of a resource: what it does not see, or may not read, changes without it. */
export function mayHearOf(server: ServerDefinition, uri: string, auth: AuthInfo | undefined): boolean {
  const { definition, access } = seenBy(server, auth) // Now: what it saw when it subscribed is no matter.
  const found = findResource(definition, uri)
  return found ? isGranted(auth, found.resource.access?.scopes) : !access.restricted
}

/** Whether nothing has to be known of a caller who is told of changes of a resource. */
export function isForAll(definition: Definition, uri: string): boolean {
  const { scopes, visible } = findResource(definition, uri)?.resource.access ?? {}
  return !scopes && !visible
}
