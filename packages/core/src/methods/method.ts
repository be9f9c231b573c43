/** Defines the two kinds of protocol methods, and the entries of an era's table of methods. */
import type { Params, Result } from '../jsonrpc/message.ts'
import type { ServerCapabilities } from '../protocol/types/base-types.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { Context, RequestContext } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

/** A method that the engine implements: returns a result or throws. `S` is the part of a session that it uses. Methods that use no session work in both eras. */
export type Method<S = unknown> = (server: ServerDefinition, params: Params, ctx: Context<S>) => Result | Promise<Result>

/** A method that runs an author's handler. It validates the params and describes the call; `dispatch` runs it, again for each round of input requests. */
export type HandlerMethod = (server: ServerDefinition, params: Params, ctx: Context<unknown>) => Awaitable<HandlerCall>

export interface HandlerCall {
  /** Calls the handler. */
  run(own: RequestContext): unknown
  /** Converts what the handler returned, unless it returned input requests. Throws if it is not a valid result. */
  toResult(returned: unknown): Awaitable<Result>
}

/** A method in the table of an era. Without the capability, the method is "method not found". */
export type MethodEntry<S = unknown> = { readonly capability?: keyof ServerCapabilities } & ({ readonly run: Method<S> } | { readonly call: HandlerMethod })
