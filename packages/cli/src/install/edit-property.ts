/** Sets and removes one property of an object in a JSON text, and leaves every other byte where it is. */
// jsonc-parser's own `modify` formats the lines it touches: neighbours that share a line change, and comments move to another entry.
import jsonc, { type Node } from 'jsonc-parser'

const TRIVIA: ReadonlySet<number> = new Set([jsonc.SyntaxKind.LineCommentTrivia, jsonc.SyntaxKind.BlockCommentTrivia, jsonc.SyntaxKind.LineBreakTrivia, jsonc.SyntaxKind.Trivia])

/** Appends it. */
export function insertProperty(text: string, object: Node, name: string, value: unknown): string {
  const last = object.children?.at(-1)
  const close = endOf(object) - 1
  const inside = text.slice(object.offset + 1, close)
  if (last && !inside.includes('\n')) {
    const space = /^\s/.test(inside) ? ' ' : ''
    return splice(text, endOf(last), endOf(last), `,${space}${JSON.stringify(name)}:${space}${JSON.stringify(value)}`)
  }
  const outer = indentAt(text, object.offset)
  const indent = last && startsLine(text, last.offset) ? indentAt(text, last.offset) : outer + unitOf(text)
  const content = text.slice(0, close).trimEnd().length // After the last value, or the comment that follows it.
  const gap = text.slice(content, close)
  const comma = last && commaAfter(text, endOf(last))
  const property = `${lineEnd(text)}${indent}${JSON.stringify(name)}: ${pretty(value, text, indent)}${comma === undefined ? '' : ','}`
  const longer = splice(text, content, close, property + (gap.includes('\n') ? gap : lineEnd(text) + outer))
  return last && comma === undefined ? splice(longer, endOf(last), endOf(last), ',') : longer
}

export function replaceValue(text: string, value: Node, replacement: unknown): string {
  const onOneLine = !text.slice(value.offset, endOf(value)).includes('\n') && !startsLine(text, value.parent?.offset ?? value.offset)
  return splice(text, value.offset, endOf(value), onOneLine ? JSON.stringify(replacement) : pretty(replacement, text, indentAt(text, value.offset)))
}

export function removeProperty(text: string, object: Node, property: Node): string {
  const own = commaAfter(text, endOf(property))
  const end = own === undefined ? endOf(property) : own + 1
  const inside = text.slice(object.offset + 1, property.offset) + text.slice(end, endOf(object) - 1)
  if (inside.trim() === '') return splice(text, object.offset + 1, endOf(object) - 1, '')
  const before = text.slice(0, property.offset).trimEnd().length
  // A line comment before it would swallow what follows it on its line.
  const keepsLine = text.slice(before, property.offset).includes('\n') && !/^[ \t]*(\r?\n|$)/.test(text.slice(end))
  const shorter = keepsLine ? splice(text, property.offset, end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0), '') : splice(text, before, end, '')
  const previous = object.children?.[object.children.indexOf(property) - 1]
  const comma = own === undefined && previous ? commaAfter(text, endOf(previous)) : undefined
  return comma === undefined ? shorter : splice(shorter, comma, comma + 1, '')
}

const endOf = ({ offset, length }: Node): number => offset + length

const splice = (text: string, from: number, to: number, insert: string): string => text.slice(0, from) + insert + text.slice(to)

function commaAfter(text: string, offset: number): number | undefined {
  const scanner = jsonc.createScanner(text)
  scanner.setPosition(offset)
  let token = scanner.scan()
  while (TRIVIA.has(token)) token = scanner.scan()
  return token === jsonc.SyntaxKind.CommaToken ? scanner.getTokenOffset() : undefined
}

const lineEnd = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

const lineBefore = (text: string, offset: number): string => text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)

const indentAt = (text: string, offset: number): string => /^[ \t]*/.exec(lineBefore(text, offset))?.[0] ?? ''

const startsLine = (text: string, offset: number): boolean => /^[ \t]*$/.test(lineBefore(text, offset))

/** What the first indented line has. */
const unitOf = (text: string): string => /^([ \t]+)"/m.exec(text)?.[1] ?? '  '

const pretty = (value: unknown, text: string, indent: string): string => JSON.stringify(value, null, unitOf(text)).replaceAll('\n', lineEnd(text) + indent)
