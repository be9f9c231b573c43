/** Matches a URI against the parts of a URI template. Takes time linear in the length of the URI, for every template. */

/** The place of a variable, or of a whole query, between the literal characters of a template. */
export interface Run {
  /** The key of the matched text in the result. */
  readonly key: string | symbol
  /** A character that must precede the text and is not part of it. */
  readonly lead?: string
  /** Whether `lead` and text may be missing; the text is then undefined. */
  readonly optional?: boolean
  /** Characters that the text cannot contain, unless they are percent-encoded. */
  readonly stops: string
  /** Whether the text may be empty. */
  readonly mayBeEmpty?: boolean
  /** Separates the values of an exploded variable. None of the values is empty. */
  readonly separator?: string
  /** Precedes each value of an exploded variable. An equals sign follows it unless the value is empty. */
  readonly label?: readonly string[]
  /** The maximum number of characters, counted after percent-decoding. */
  readonly maxLength?: number
}

/** One literal character of a normalized URI, or a run. */
export type Part = string | Run

/** A percent-encoded character of up to four UTF-8 bytes, or a single code unit. */
const CHARACTER = /%(?:[CD][0-9A-F]%[89AB][0-9A-F]|E[0-9A-F](?:%[89AB][0-9A-F]){2}|F[0-7](?:%[89AB][0-9A-F]){3}|[0-9A-F]{2})|[^]/g

/** Splits a normalized URI into characters. A percent-encoded character stays in one piece, so that no match ends inside it. */
export const toCharacters = (uri: string): string[] => uri.match(CHARACTER) ?? []

/**
 * Returns the text of each run, or undefined if the parts do not match all of the characters. Earlier runs match as much as possible.
 *
 * There are two passes and no backtracking. The first pass goes from the end to the start and marks where each part can start so that all later parts match.
 * The second pass takes the longest match that the first pass allows. Each pass looks at a character a constant number of times per part.
 */
export function matchParts(parts: readonly Part[], characters: readonly string[]): Map<string | symbol, string | undefined> | undefined {
  const starts = findStarts(parts, characters)
  if (!starts[0]?.[0]) return undefined
  const found = new Map<string | symbol, string | undefined>()
  let at = 0
  for (const [index, part] of parts.entries()) {
    if (typeof part === 'string') {
      at++
      continue
    }
    const next = starts[index + 1] as Uint8Array
    const from = at + (part.lead === undefined ? 0 : 1)
    const end = part.lead === undefined || characters[at] === part.lead ? longestEnd(part, characters, from, next) : -1
    found.set(part.key, end < 0 ? undefined : characters.slice(from, end).join(''))
    if (end >= 0) at = end
  }
  return found
}

/** For each part, and for the end of the template, the positions where it can start. */
function findStarts(parts: readonly Part[], characters: readonly string[]): Uint8Array[] {
  const { length } = characters
  let next: Uint8Array = new Uint8Array(length + 1)
  next[length] = 1
  const starts = [next]
  for (const part of parts.toReversed()) {
    next = typeof part === 'string' ? startsOfLiteral(part, characters, next) : startsOfRun(part, characters, next)
    starts.unshift(next)
  }
  return starts
}

function startsOfLiteral(literal: string, characters: readonly string[], next: Uint8Array): Uint8Array {
  const starts = new Uint8Array(next.length)
  for (let at = 0; at < characters.length; at++) if (next[at + 1] && characters[at] === literal) starts[at] = 1
  return starts
}

function startsOfRun(run: Run, characters: readonly string[], next: Uint8Array): Uint8Array {
  const { lead, optional, maxLength = Number.POSITIVE_INFINITY } = run
  const starts = new Uint8Array(next.length)
  /** For each position inside a text, the first position where that text can end; −1 if there is no such position. */
  const ends = new Int32Array(next.length)
  let textStarts = false
  for (let at = characters.length; at >= 0; at--) {
    const textStartedBehind = textStarts
    const step = stepOf(run, characters, at)
    ends[at] = next[at] ? at : step === 0 ? -1 : (ends[at + step] as number)
    const end = run.mayBeEmpty ? (ends[at] as number) : isFirst(run, step) ? (ends[at + step] as number) : -1
    textStarts = end >= 0 && end - at <= maxLength
    const matches = lead === undefined ? textStarts : textStartedBehind && characters[at] === lead
    if (matches || (optional && next[at])) starts[at] = 1
  }
  return starts
}

/** The number of characters by which the text can continue: one, more for a separator or a label, or 0 if it must end here. */
function stepOf({ stops, separator, label }: Run, characters: readonly string[], at: number): number {
  const char = characters[at]
  if (char === undefined) return 0
  if (label?.every((one, index) => characters[at + index] === one)) {
    const behind = characters[at + label.length]
    if (behind === '=') return label.length + 1
    return accepts(stops, behind) ? 0 : label.length // If the next character fits, these characters are the start of a longer name.
  }
  if (separator !== undefined && char === separator) return accepts(stops, characters[at + 1]) ? 2 : 0
  return accepts(stops, char) ? 1 : 0
}

/** Whether a text can begin with this step. It begins with the label if there is one, and never with a separator. */
const isFirst = ({ label }: Run, step: number): boolean => (label ? step > 1 : step === 1)

/** A single `%` is a percent sign that encodes nothing. No value contains it. */
const accepts = (stops: string, char: string | undefined): boolean => char !== undefined && char !== '%' && !(char.length === 1 && stops.includes(char))

/** The last position where the text of the run can end; −1 if there is no such position. */
function longestEnd(run: Run, characters: readonly string[], from: number, next: Uint8Array): number {
  const { maxLength = Number.POSITIVE_INFINITY } = run
  let end = -1
  for (let at = from, step: number; at - from <= maxLength; at += step) {
    if (next[at] && (run.mayBeEmpty || at > from)) end = at
    step = stepOf(run, characters, at)
    if (step === 0 || (at === from && !isFirst(run, step))) break
  }
  return end
}
