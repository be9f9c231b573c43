/** Defines what differs between the eras: the methods, where input requests go, and how results and errors are encoded. */
import type { RpcError } from '../jsonrpc/rpc-errors.ts'
import type { RequestMessage, Result } from '../jsonrpc/message.ts'
import type { MethodEntry } from '../methods/method.ts'
import type { Revision } from '../protocol/revisions.ts'
import type { InputRequiredResult } from '../protocol/types/input-types.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { Context } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

/** How the responses of an era are encoded. */
export interface ResponseEncoding {
  encodeResult(result: Result, request: RequestMessage, server: ServerDefinition, revision: Revision): Result
  encodeError(error: RpcError, ctx: Context<unknown>): RpcError
  /** Whether a protocol error that ends a tool call is sent as a result with `isError`, so that the model can read it. */
  isToolResult(error: RpcError): boolean
}

export interface Era<S> extends ResponseEncoding {
  /** All methods of this era. Any other method is "method not found". */
  readonly methods: ReadonlyMap<string, MethodEntry<S>>
  /** Returns the context for the first run of a handler, with the responses and the state that the request carries. */
  resume(server: ServerDefinition, request: RequestMessage, ctx: Context<S>): Awaitable<Context<S>>
  /** Handles the input requests of a run. Resolves with the context for the next run, or with the result to send. */
  requestInput(server: ServerDefinition, request: RequestMessage, ctx: Context<S>, required: InputRequiredResult): Promise<Context<S> | Result>
}
