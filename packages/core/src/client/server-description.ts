/** What a client learnt of its server. Plain data: kept, it spares the next client the question. */
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'

export interface ServerDescription {
  /** What the two agreed on. */
  readonly revision: Revision
  /** Undefined if the server does not say. */
  readonly info: Implementation | undefined
  readonly capabilities: ServerCapabilities
  /** How to use the server, for the model. */
  readonly instructions: string | undefined
}
