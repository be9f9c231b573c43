/** What a client learnt of its server. Plain data: kept, it spares the next client the question. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
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

/** From the result of `initialize` or `server/discover`, which have been checked as far as they are required. `info` may be anything. */
export function describeServer(revision: Revision, { capabilities, instructions }: Params, info: unknown): ServerDescription {
  return {
    revision,
    info: isObject(info) && typeof info.name === 'string' && typeof info.version === 'string' ? (info as unknown as Implementation) : undefined,
    capabilities: capabilities as ServerCapabilities,
    instructions: typeof instructions === 'string' ? instructions : undefined,
  }
}
