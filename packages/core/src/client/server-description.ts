/** What a client learned about its server during negotiation. Plain data, so it can be stored and passed to a later `connect()` as `knownServer`. */
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base-types.ts'

export interface ServerDescription {
  /** The protocol revision that both sides agreed on. */
  readonly revision: Revision
  /** Name and version; undefined if the server sent none. */
  readonly info: Implementation | undefined
  readonly capabilities: ServerCapabilities
  /** The server's usage instructions for the model. */
  readonly instructions: string | undefined
}

/** Builds the description from a checked result of `initialize` or `server/discover`. `info` is unchecked. */
export function describeServer(revision: Revision, { capabilities, instructions }: Params, info: unknown): ServerDescription {
  return {
    revision,
    info: isObject(info) && typeof info.name === 'string' && typeof info.version === 'string' ? (info as unknown as Implementation) : undefined,
    capabilities: capabilities as ServerCapabilities,
    instructions: typeof instructions === 'string' ? instructions : undefined,
  }
}
