/** Defines what differs between the eras: the methods, and how results and errors are encoded. */
import type { RpcError } from '../jsonrpc/rpc-errors.ts'
import type { RequestMessage, Result } from '../jsonrpc/message.ts'
import type { Method } from '../methods/method.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

export interface Era<S> {
  /** All methods of this era. Any other method is "method not found". */
  readonly methods: ReadonlyMap<string, Method<S>>
  encodeResult(result: Result, request: RequestMessage, server: ServerDefinition, revision: Revision): Result
  encodeError(error: RpcError): RpcError
}
