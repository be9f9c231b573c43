/** Reads a configuration file's text as JSON that may have comments and trailing commas, and knows where everything stands. */
import { GangwayError } from '@gangway/core'
import { getNodeValue, type Node } from 'jsonc-parser'
import { parseJsonc } from '../jsonc.ts'

/** Takes text without a byte order mark. Throws `GANGWAY_E_HOST_CONFIG`, with the position of the fault in `file`. */
export function parseDocument(text: string, file: string): Node {
  const { root, fault } = parseJsonc(text)
  if (fault) throw notJson(`${fault.what} at ${file}:${positionIn(text, fault.offset)}`, file)
  if (root?.type !== 'object') throw notJson(`it is no object at ${file}:1:1`, file)
  return root
}

/** Where a name stands twice, hosts see the last. */
export const propertyOf = (object: Node, name: string): Node | undefined => object.children?.findLast((property) => property.children?.[0]?.value === name)

export const valueOf = (property: Node | undefined): Node | undefined => property?.children?.[1]

export const plainValue = (node: Node): unknown => getNodeValue(node)

/** The object that holds the servers; undefined if there is none yet. */
export function sectionOf(root: Node, section: string, text: string, file: string): Node | undefined {
  const value = valueOf(propertyOf(root, section))
  if (value && value.type !== 'object') throw notJson(`"${section}" is no object at ${file}:${positionIn(text, value.offset)}`, file)
  return value
}

const notJson = (fault: string, file: string): GangwayError => new GangwayError('GANGWAY_E_HOST_CONFIG', `${file} was left as it is, for its JSON cannot be used: ${fault}; mend that first`)

/** `line:column`, both from 1. */
export function positionIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`
}
