/** Parses a configuration file as JSON with comments and trailing commas, with the positions of its nodes. */
import { GangwayError } from '@gangway/core'
import { getNodeValue, type Node } from 'jsonc-parser'
import { parseJsonc } from '../jsonc.ts'

/** Takes text without a byte order mark. Throws `GANGWAY_E_HOST_CONFIG`, with the position of the fault in `file`. */
export function parseDocument(text: string, file: string): Node {
  const { root, fault } = parseJsonc(text)
  if (fault) throw notJson(fault.what, `${file}:${positionIn(text, fault.offset)}`)
  if (root?.type !== 'object') throw notJson('expected an object', `${file}:1:1`)
  return root
}

/** If a name is duplicated, hosts use the last one. */
export const propertyOf = (object: Node, name: string): Node | undefined => object.children?.findLast((property) => property.children?.[0]?.value === name)

export const valueOf = (property: Node | undefined): Node | undefined => property?.children?.[1]

export const plainValue = (node: Node): unknown => getNodeValue(node)

/** The object of servers; undefined if it does not exist yet. */
export function sectionOf(root: Node, section: string, text: string, file: string): Node | undefined {
  const value = valueOf(propertyOf(root, section))
  if (value && value.type !== 'object') throw notJson(`"${section}" must be an object`, `${file}:${positionIn(text, value.offset)}`)
  return value
}

const notJson = (fault: string, position: string): GangwayError => new GangwayError('GANGWAY_E_HOST_CONFIG', `Invalid configuration at ${position}: ${fault}. Fix it and try again; the file was not changed`)

/** `line:column`, 1-based. */
export function positionIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`
}
