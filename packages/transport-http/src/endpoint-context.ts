/** What the requests without a session share in one endpoint. */
import type { ServerDefinition } from '@gangway/core'
import type { IncomingRequests } from '@gangway/core/internal'
import type { EventStreamOptions, FairBound } from '@gangway/core/internal/http'

export interface EndpointContext {
  readonly server: ServerDefinition
  /** Requests in flight of all clients, keyed by `nextKey()` because the ids of different clients may be equal. */
  readonly inflight: IncomingRequests
  /** The limit of open `subscriptions/listen` requests, each of which occupies a connection until its client closes it. */
  readonly subscriptions: FairBound
  readonly stream: EventStreamOptions
}
