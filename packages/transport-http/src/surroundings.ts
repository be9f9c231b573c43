/** What the requests of an endpoint that belong to no session share. */
import type { ServerDefinition } from '@gangway/core'
import type { Inflight } from '@gangway/core/jsonrpc'
import type { EventStreamOptions } from '@gangway/core/web'
import type { SessionlessLoad } from './sessionless-load.ts'

export interface Surroundings {
  readonly server: ServerDefinition
  /** Requests of many clients, by keys of our own. */
  readonly inflight: Inflight
  /** Those of them that are bounded here; subscriptions have a bound of their own. */
  readonly load: SessionlessLoad
  readonly stream: EventStreamOptions
}
