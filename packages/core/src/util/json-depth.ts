/** Measures how deeply JSON is nested, so that deeply nested messages are rejected before recursive code reads them. */

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

const [QUOTE, BACKSLASH, BRACKET, END_BRACKET, BRACE, END_BRACE] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]

function nestsDeeperThan(text: string, depth: number): boolean {
  let left = depth
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === BRACKET || code === BRACE) {
      if (left-- === 0) return true
    } else if (code === END_BRACKET || code === END_BRACE) left++
  }
  return false
}

/** Returns the index of the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) at += code === BACKSLASH ? 2 : 1
  return at
}
