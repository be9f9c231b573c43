/** Matches a URI against the parts of a template in time linear in the URI's length, whatever the template. */

/** A variable, or a whole query, between the literal characters of a template. */
export interface Run {
  /** The key under which the matched text is found. */
  readonly key: string | symbol
  /** The character in front of the text, which is not part of it. */
  readonly lead?: string
  /** Whether lead and text may be missing. The text is undefined then. */
  readonly optional?: boolean
  /** Characters that end the text, unless they are percent-encoded. */
  readonly stops: string
  /** Whether the text may be empty. */
  readonly mayBeEmpty?: boolean
  /** Stands between the values of an exploded variable, none of which is empty. */
  readonly separator?: string
  /** Written in front of each value of an exploded variable, and followed by an equals sign unless the value is empty. */
  readonly label?: readonly string[]
  /** Characters, counted after decoding. */
  readonly maxLength?: number
}

/** One literal character, as it is in a normalized URI, or a run. */
export type Part = string | Run

/** A percent-encoded character, of up to four bytes in UTF-8; else a single code unit. */
const CHARACTER = /%(?:[CD][0-9A-F]%[89AB][0-9A-F]|E[0-9A-F](?:%[89AB][0-9A-F]){2}|F[0-7](?:%[89AB][0-9A-F]){3}|[0-9A-F]{2})|[^]/g

/** The characters of a normalized URI. A percent-encoded one stays in one piece, so that no match ends in the middle of it. */
export const toCharacters = (uri: string): string[] => uri.match(CHARACTER) ?? []

/**
 * The text of each run; undefined where the parts do not make up the whole of the characters. Earlier runs get as much as they can.
 *
 * Two passes, neither of which goes back: the first finds, from the end, where each part can start so that all behind it matches. The second takes the longest way
 * that the first left open. Each looks at a character a constant number of times for each part.
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

/** For each part, and for what follows the last, the positions at which it can start. */
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
  /** By position, the first end of a text that is there already; −1 if it cannot end. */
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

/** How many characters a text can go on by: one, more where a separator or a label comes first, or none. */
function stepOf({ stops, separator, label }: Run, characters: readonly string[], at: number): number {
  const char = characters[at]
  if (char === undefined) return 0
  if (label?.every((one, index) => characters[at + index] === one)) {
    const behind = characters[at + label.length]
    if (behind === '=') return label.length + 1
    return accepts(stops, behind) ? 0 : label.length // Else the label is the beginning of a longer one.
  }
  if (separator !== undefined && char === separator) return accepts(stops, characters[at + 1]) ? 2 : 0
  return accepts(stops, char) ? 1 : 0
}

/** Whether a text can begin with this step: with a label if there is one, but not with a separator. */
const isFirst = ({ label }: Run, step: number): boolean => (label ? step > 1 : step === 1)

/** A bare percent sign encodes nothing, and so is in no value. */
const accepts = (stops: string, char: string | undefined): boolean => char !== undefined && char !== '%' && !(char.length === 1 && stops.includes(char))

/** −1 if there is none. */
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
