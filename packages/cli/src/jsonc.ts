/** JSON with comments and trailing commas: parses it into nodes, and finds their positions in the text. Limits nesting, because the parser is recursive. */
import { createScanner, getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'

/** Real configuration files have fewer than 10 levels. */
export const MAX_DEPTH = 200

export interface Parsed {
  /** Undefined if the text is empty or nested too deeply. */
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

/** The offset at which nesting exceeds the limit; undefined if it does not. */
export function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true)
  let depth = 0
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const offset = scanner.getTokenOffset() // A brace inside a string does not count: the token starts with the quote.
    if ('{['.includes(text.charAt(offset))) depth++
    else if ('}]'.includes(text.charAt(offset))) depth--
    if (depth > MAX_DEPTH) return offset
  }
  return undefined
}

/** `CommaExpected` becomes "comma expected". */
const words = (code: string): string => code.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase()

/** If a name is duplicated, host applications use the last one. */
export const propertyOf = (object: Node, name: string): Node | undefined => object.children?.findLast((property) => property.children?.[0]?.value === name)

export const valueOf = (property: Node | undefined): Node | undefined => property?.children?.[1]

export const plainValue = (node: Node): unknown => getNodeValue(node)

/** `line:column`, 1-based. */
export function positionIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`
}
