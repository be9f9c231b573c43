/** Results, and parts of them, that are the same for everybody who asks: how a revision spells them, and the text of that, is made once. */
import type { Result } from '../jsonrpc/message.ts'
import type { Revision } from '../protocol/revisions.ts'

/** By what it is made of, which never changes. */
const made = new WeakMap<object, object>()
const spellings = new WeakMap<Result, Map<Revision, Result>>()
/** Of spellings and parts; empty until it is needed. */
const texts = new WeakMap<object, string>()

/** The one result that is made of this. */
export const sameResult = (source: object, make: () => Result): Result => once(source, make, (result) => spellings.set(result, new Map()))

/** The same for a part that is in many results. */
export const samePart = <T extends object>(source: object, make: () => T): T => once(source, make, (part) => texts.set(part, ''))

function once<T extends object>(source: object, make: () => T, register: (value: T) => unknown): T {
  const known = made.get(source) as T | undefined
  if (known) return known
  const value = make()
  made.set(source, value)
  register(value)
  return value
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

/** The JSON of what is the same for everybody; undefined for all else. */
export function sameText(spelled: object): string | undefined {
  const known = texts.get(spelled)
  if (known !== '') return known
  const text = JSON.stringify(spelled)
  texts.set(spelled, text)
  return text
}
