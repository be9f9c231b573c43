/** Sets and removes one property of an object in JSON text. All other bytes stay the same. */
// `modify` of jsonc-parser reformats the lines that it touches: it changes neighbors on the same line, and moves comments to other entries.
import { createScanner, type Node } from 'jsonc-parser'

/** Appends the property, on the same line if the object is on one line. */
export function insertProperty(text: string, object: Node, name: string, value: unknown): string {
  const last = object.children?.at(-1)
  const close = endOf(object) - 1
  const inside = text.slice(object.offset + 1, close)
  const content = text.slice(0, close).trimEnd().length // After the last value and its comment.
  const gap = text.slice(content, close)
  const comma = last && commaAfter(text, endOf(last))
  const ownComma = comma === undefined ? '' : ','
  const key = JSON.stringify(name)
  let end: string
  if (last && !inside.includes('\n')) {
    const space = /^\s/.test(inside) ? ' ' : ''
    end = `${space}${key}:${space}${JSON.stringify(value)}${ownComma}${gap}`
  } else {
    const outer = indentAt(text, object.offset)
    const indent = last && startsLine(text, last.offset) ? indentAt(text, last.offset) : outer + unitOf(text)
    end = `${lineEnd(text)}${indent}${key}: ${pretty(value, text, indent)}${ownComma}${gap.includes('\n') ? gap : lineEnd(text) + outer}`
  }
  const longer = splice(text, content, close, end)
  return last && comma === undefined ? splice(longer, endOf(last), endOf(last), ',') : longer
}

export function replaceValue(text: string, value: Node, replacement: unknown): string {
  const onOneLine = !text.slice(value.offset, endOf(value)).includes('\n') && !startsLine(text, value.parent?.offset ?? value.offset)
  return splice(text, value.offset, endOf(value), onOneLine ? JSON.stringify(replacement) : pretty(replacement, text, indentAt(text, value.offset)))
}

export function removeProperty(text: string, object: Node, property: Node): string {
  const own = commaAfter(text, endOf(property))
  const end = own === undefined ? endOf(property) : own + 1
  const comment = text.slice(endOf(property), own ?? end)
  const kept = comment.trim() === '' ? '' : comment
  const others = text.slice(object.offset + 1, property.offset) + kept + text.slice(end, endOf(object) - 1)
  if (others.trim() === '') return splice(text, object.offset + 1, endOf(object) - 1, '')
  const before = text.slice(0, property.offset).trimEnd().length
  // Text must not move up behind a line comment.
  const keepsLine = text.slice(before, property.offset).includes('\n') && !/^[ \t]*(\r?\n|$)/.test(kept + text.slice(end))
  const after = keepsLine && kept === '' ? end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0) : end
  const shorter = splice(text, keepsLine ? property.offset : before, after, kept)
  const previous = object.children?.[object.children.indexOf(property) - 1]
  const comma = own === undefined && previous ? commaAfter(text, endOf(previous)) : undefined
  return comma === undefined ? shorter : splice(shorter, comma, comma + 1, '')
}

const endOf = ({ offset, length }: Node): number => offset + length

const splice = (text: string, from: number, to: number, insert: string): string => text.slice(0, from) + insert + text.slice(to)

function commaAfter(text: string, offset: number): number | undefined {
  const scanner = createScanner(text, true)
  scanner.setPosition(offset)
  scanner.scan()
  const next = scanner.getTokenOffset()
  return text[next] === ',' ? next : undefined
}

const lineEnd = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

const lineBefore = (text: string, offset: number): string => text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)

const indentAt = (text: string, offset: number): string => /^[ \t]*/.exec(lineBefore(text, offset))?.[0] ?? ''

const startsLine = (text: string, offset: number): boolean => /^[ \t]*$/.test(lineBefore(text, offset))

/** The indentation of the first indented line. */
const unitOf = (text: string): string => /^([ \t]+)"/m.exec(text)?.[1] ?? '  '

const pretty = (value: unknown, text: string, indent: string): string => JSON.stringify(value, null, unitOf(text)).replaceAll('\n', lineEnd(text) + indent)
