/** The function that completes one argument of a prompt or one variable of a resource template. */
import type { Awaitable } from '../jsonrpc/awaitable.ts'
import type { RequestContext } from './context.ts'

/** What another server has found, and counted. */
export interface Counted {
  readonly values: readonly string[]
  readonly total?: number
  readonly hasMore?: boolean
}

/** That of a server behind a proxy. */
export type AnyCompleter = (...args: Parameters<Completer>) => Awaitable<Iterable<string> | Counted>

/**
 * Takes what was typed so far and the other arguments that are settled already. Answers with values, best first;
 * the client gets at most 100 of them and is told how many there are.
 */
export type Completer = (value: string, given: Readonly<Record<string, string>>, ctx: RequestContext) => Awaitable<Iterable<string>>
