/** What the requests of an endpoint that belong to no session share. */
import type { ServerDefinition } from '@gangway/core'
import type { Inflight } from '@gangway/core/jsonrpc'
import type { EventStreamOptions } from '@gangway/core/web'

export interface Surroundings {
  readonly server: ServerDefinition
  /** Requests of many clients, by keys of our own. */
  readonly inflight: Inflight
  readonly stream: EventStreamOptions
}
