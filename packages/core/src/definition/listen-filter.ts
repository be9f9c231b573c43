/** The filter of a `subscriptions/listen` request: which changes the subscriber wants. Specification 2026-07-28: basic/subscriptions. */
import type { ServerCapabilities } from '../protocol/types/base-types.ts'
import type { ListName } from '../protocol/lists.ts'
import { covers, type Change } from './changes.ts'

export interface ListenFilter {
  toolsListChanged?: boolean
  promptsListChanged?: boolean
  resourcesListChanged?: boolean
  /** URIs of resources. A subscription also covers every resource below its URI. */
  resourceSubscriptions?: readonly string[]
}

export type ListenFlag = Exclude<keyof ListenFilter, 'resourceSubscriptions'>

/** The list that each flag subscribes to. */
export const LISTS: Readonly<Record<ListenFlag, ListName>> = { toolsListChanged: 'tools', promptsListChanged: 'prompts', resourcesListChanged: 'resources' }

export const LISTEN_FLAGS = Object.keys(LISTS) as readonly ListenFlag[]

/** The lists that the filter subscribes to. */
export const listsOf = (filter: ListenFilter): readonly ListName[] => LISTEN_FLAGS.filter((flag) => filter[flag]).map((flag) => LISTS[flag])

/** Whether the filter covers this change. */
export const wants = (filter: ListenFilter, change: Change): boolean =>
  'uri' in change ? (filter.resourceSubscriptions?.some((uri) => covers(uri, change.uri)) ?? false) : listsOf(filter).includes(change.list)

/** The filter reduced to what the server's capabilities offer. Anything else never changes. */
export function offeredOf({ resourceSubscriptions, ...flags }: ListenFilter, capabilities: ServerCapabilities): ListenFilter {
  const offered = LISTEN_FLAGS.filter((flag) => flags[flag] && capabilities[LISTS[flag]]?.listChanged)
  return { ...Object.fromEntries(offered.map((flag) => [flag, true])), ...(resourceSubscriptions && capabilities.resources?.subscribe && { resourceSubscriptions }) }
}
