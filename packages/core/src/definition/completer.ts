/** Completers: functions that suggest values for a prompt argument or a variable of a resource template. */
import type { Awaitable } from '../util/awaitable.ts'
import type { RequestContext } from '../context/context.ts'

/** The suggestions of an upstream, with the counts that it sent. */
export interface CompletionValues {
  readonly values: readonly string[]
  readonly total?: number
  readonly hasMore?: boolean
}

/** A completer as the engine calls it. Those of a proxy also return the counts of the upstream. */
export type AnyCompleter = (...args: Parameters<Completer>) => Awaitable<Iterable<string> | CompletionValues>

/**
 * Receives the text typed so far and the other arguments that already have a value. Returns suggestions, best first.
 * The client receives at most 100 of them, and their total number.
 *
 * @example complete: { city: (typed) => CITIES.filter((city) => city.startsWith(typed)) }
 */
export type Completer = (value: string, given: Readonly<Record<string, string>>, ctx: RequestContext) => Awaitable<Iterable<string>>
