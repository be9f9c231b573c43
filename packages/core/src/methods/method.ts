/** The shape of every protocol method: server, parameters and context in; a result out, or an error thrown. */
import type { Params, Result } from '../jsonrpc/message.ts'
import type { Context } from '../server/context.ts'
import type { ServerDefinition } from '../server/definition.ts'

/** `S` is what the method asks of a session; most ask nothing, and so exist in every era. */
export type Method<S = unknown> = (server: ServerDefinition, params: Params, ctx: Context<S>) => Result | Promise<Result>
