/** What the requests of an endpoint that belong to no session share. */
import type { ServerDefinition } from '@gangway/core'
import type { Inflight } from '@gangway/core/jsonrpc'

export interface Surroundings {
  readonly server: ServerDefinition
  /** Requests of many clients, by keys of our own. */
  readonly inflight: Inflight
  /** Bytes that may wait on one stream. */
  readonly maxQueued: number
}
