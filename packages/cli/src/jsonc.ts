/** Parses JSON with comments and trailing commas, with a bound on nesting: the parser and all that walks its tree is recursive. */
import { createScanner, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'

/** No host and no config of ours nests deeper than 10 levels. */
export const MAX_DEPTH = 200

export interface Parsed {
  /** Undefined for an empty text, and for one that is nested too deeply. */
  readonly root: Node | undefined
  readonly fault: { readonly what: string; readonly offset: number; readonly tooDeep: boolean } | undefined
}

export function parseJsonc(text: string): Parsed {
  const offset = tooDeepAt(text)
  if (offset !== undefined) return { root: undefined, fault: { what: `nested more than ${MAX_DEPTH} levels deep`, offset, tooDeep: true } }
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  return { root, fault: error && { what: words(printParseErrorCode(error.error)), offset: error.offset, tooDeep: false } }
}

/** Where the text nests too deeply for a recursive walk; undefined if it does not. */
export function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true)
  let depth = 0
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const offset = scanner.getTokenOffset() // A string begins with its quote.
    if ('{['.includes(text.charAt(offset))) depth++
    else if ('}]'.includes(text.charAt(offset))) depth--
    if (depth > MAX_DEPTH) return offset
  }
  return undefined
}

/** `CommaExpected` becomes "comma expected". */
const words = (code: string): string => code.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase()
