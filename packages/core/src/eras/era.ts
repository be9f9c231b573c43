/** What tells one era from the other: the methods that exist in it, and how it spells results and errors. */
import type { RpcError } from '../jsonrpc/errors.ts'
import type { RequestMessage, Result } from '../jsonrpc/message.ts'
import type { Method } from '../methods/method.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { ServerDefinition } from '../server/definition.ts'

export interface Era<S> {
  /** A method that is not in here does not exist in this era. */
  readonly methods: ReadonlyMap<string, Method<S>>
  encodeResult(result: Result, request: RequestMessage, server: ServerDefinition, revision: Revision): Result
  encodeError(error: RpcError): RpcError
}
