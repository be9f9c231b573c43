/** Results that are the same for everybody who asks: how a revision spells them, and the text of that, is made once. */
import type { Result } from '../jsonrpc/message.ts'
import type { Revision } from '../protocol/revisions.ts'

/** By what they are made of, which never changes. */
const results = new WeakMap<object, Result>()
const spellings = new WeakMap<Result, Map<Revision, Result>>()
/** Of spellings; empty until it is needed. */
const texts = new WeakMap<Result, string>()

/** The one result that is made of this. */
export function sameResult(source: object, make: () => Result): Result {
  const known = results.get(source)
  if (known) return known
  const result = make()
  results.set(source, result)
  spellings.set(result, new Map())
  return result
}

/** What `spell` gives, at once where the result is the same for everybody. */
export function spellOnce(result: Result, revision: Revision, spell: () => Result): Result {
  const known = spellings.get(result)
  if (!known) return spell()
  const spelled = known.get(revision) ?? spell()
  known.set(revision, spelled)
  if (!texts.has(spelled)) texts.set(spelled, '')
  return spelled
}

/** The JSON of a result that is the same for everybody; undefined for any other. */
export function sameText(spelled: Result): string | undefined {
  const known = texts.get(spelled)
  if (known !== '') return known
  const text = JSON.stringify(spelled)
  texts.set(spelled, text)
  return text
}
