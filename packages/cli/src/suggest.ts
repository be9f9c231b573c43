/** Suggestions for a name that does not exist: the closest one, or a short list of those that do. */
import { closest } from '@gangway/core/internal'

/** More names than this would bury the message. */
const MOST = 5

/** One sentence: `Did you mean "port"?`, or `Available tools: add, order`. `what` is a plural noun. */
export function suggestion(name: string, names: Iterable<string>, what: string): string {
  const all = [...names]
  const near = closest(name, all)
  if (near !== undefined) return `Did you mean "${near}"?`
  return all.length === 0 ? `There are no ${what}` : `Available ${what}: ${shortList(all)}`
}

/** `a, b, c, d, e and 7 more` */
export function shortList(names: readonly string[]): string {
  const more = names.length - MOST
  return `${names.slice(0, MOST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
