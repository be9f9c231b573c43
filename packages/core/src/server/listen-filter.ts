/** Which changes a subscriber asks for. Specification 2026-07-28: basic/subscriptions. */
import type { ServerCapabilities } from '../protocol/types/base.ts'
import { covers, type Change, type ListName } from './changes.ts'

export interface ListenFilter {
  toolsListChanged?: boolean
  promptsListChanged?: boolean
  resourcesListChanged?: boolean
  /** URIs of resources; what lies below them is heard of as well. */
  resourceSubscriptions?: readonly string[]
}

export type ListenFlag = Exclude<keyof ListenFilter, 'resourceSubscriptions'>

/** The list whose changes a flag asks for. */
export const LISTS: Readonly<Record<ListenFlag, ListName>> = { toolsListChanged: 'tools', promptsListChanged: 'prompts', resourcesListChanged: 'resources' }

export const LISTEN_FLAGS = Object.keys(LISTS) as readonly ListenFlag[]

/** The lists that the filter asks for. */
export const listsOf = (filter: ListenFilter): readonly ListName[] => LISTEN_FLAGS.filter((flag) => filter[flag]).map((flag) => LISTS[flag])

/** Whether the filter asks for this change. */
export const wants = (filter: ListenFilter, change: Change): boolean =>
  'uri' in change ? (filter.resourceSubscriptions?.some((uri) => covers(uri, change.uri)) ?? false) : listsOf(filter).includes(change.list)

/** The filter without what the server does not offer: that cannot change. */
export function offeredOf({ resourceSubscriptions, ...flags }: ListenFilter, capabilities: ServerCapabilities): ListenFilter {
  const offered = LISTEN_FLAGS.filter((flag) => flags[flag] && capabilities[LISTS[flag]]?.listChanged)
  return { ...Object.fromEntries(offered.map((flag) => [flag, true])), ...(resourceSubscriptions && capabilities.resources?.subscribe && { resourceSubscriptions }) }
}
