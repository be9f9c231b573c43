/** Measures JSON: how deeply it is nested, so that recursive code never reads deep messages, and how much memory it takes, so that the memory of all requests can be limited. */

/** Levels of nested arrays and objects that a message may have. */
export const MAX_DEPTH = 64

/** Whether the value has more than `depth` levels of arrays and objects. The recursion stops at that depth. */
export function isDeeperThan(value: unknown, depth: number): boolean {
  if (!isNested(value)) return false
  if (depth === 0) return true
  if (Array.isArray(value)) {
    for (const item of value) if (isNested(item) && isDeeperThan(item, depth - 1)) return true
  } else {
    // `Object.values` would make this three times slower.
    for (const name in value) if (isDeeperThan(value[name as keyof object], depth - 1)) return true
  }
  return false
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether a valid JSON text has more than `depth` levels of arrays and objects. It scans the text once; walking a parsed object with many keys takes ten times as long. */
export const isTextDeeperThan = (text: string, depth: number): boolean => opensMoreThan(text, depth) && nestsDeeperThan(text, depth)

/** A quick check for small messages: a text with few opening brackets cannot be nested deeply. */
function opensMoreThan(text: string, count: number): boolean {
  let left = count
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) if (left-- === 0) return true
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) if (left-- === 0) return true
  return false
}

const [QUOTE, COMMA, COLON, BRACKET, BACKSLASH, END_BRACKET, BRACE, END_BRACE] = [0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d]

function nestsDeeperThan(text: string, depth: number): boolean {
  let left = depth
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at + 1)
    else if (code === BRACKET || code === BRACE) {
      if (left-- === 0) return true
    } else if (code === END_BRACKET || code === END_BRACE) left++
  }
  return false
}

/**
 * Bytes for a character: it is in the text and in the strings that `JSON.parse` creates. V8 stores a character in one byte, or in two if the string is not Latin-1.
 * This constant and those below were measured in V8. The estimate is at least 70% of the memory that the value takes.
 */
const CHARACTER = 3
const ARRAY = 40
/** Bytes for an object. V8 gives it a separate hash table if its keys are integers or no other object has the same keys. */
const OBJECT = 80
/** Bytes for each comma, which stands for an item or a member. A number that is not an integer may take a separate object. */
const ITEM = 16
/** Bytes for the name of a member. */
const KEY = 32

/** Texts up to this length are not scanned, because that would slow down small requests. They are treated as the densest JSON; the default limit still allows 10,000 of them. */
const SHORT = 512
/** Bytes for a character of the JSON that takes the most memory for its length. */
const DENSEST = 20

/** Estimates the bytes of a JSON text and of its parsed value. Takes a fraction of the time of parsing. */
export function memoryOfText(text: string): number {
  if (text.length <= SHORT) return DENSEST * text.length
  let bytes = CHARACTER * text.length
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = endOfString(text, index + 1)
        break
      case COMMA:
        bytes += ITEM
        break
      case COLON:
        bytes += KEY
        break
      case BRACKET:
        bytes += ARRAY
        break
      case BRACE:
        bytes += OBJECT
    }
  }
  return Math.ceil(bytes)
}

/** Estimates the bytes of a parsed value. Recursive, so the value may be nested 64 levels deep at most. */
export function memoryOfValue(value: unknown): number {
  if (typeof value === 'string') return CHARACTER * value.length
  if (typeof value !== 'object' || value === null) return 0
  const isArray = Array.isArray(value)
  let bytes = isArray ? ARRAY : OBJECT
  for (const name in value) bytes += ITEM + (isArray ? 0 : KEY + name.length) + memoryOfValue(value[name as keyof object])
  return bytes
}

/** Returns the index of the quote that ends the string. `start` is the index after its opening quote. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start)
  while (end >= 0 && isEscaped(text, end, start)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

/** Whether an odd number of backslashes precedes the character. */
function isEscaped(text: string, index: number, start: number): boolean {
  let first = index
  while (first > start && text.charCodeAt(first - 1) === BACKSLASH) first--
  return (index - first) % 2 === 1
}
