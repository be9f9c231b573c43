/** Defines the type of a protocol method: a function of the server, the params and the context, which returns a result or throws. */
import type { Params, Result } from '../jsonrpc/message.ts'
import type { Context } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

/** `S` is the part of a session that the method uses. Methods that use no session work in both eras. */
export type Method<S = unknown> = (server: ServerDefinition, params: Params, ctx: Context<S>) => Result | Promise<Result>
