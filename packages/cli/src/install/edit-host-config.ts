/** Reads, sets and removes the entry of one server in a configuration file. */
import type { Node } from 'jsonc-parser'
import { insertProperty, removeProperty, replaceValue } from './edit-property.ts'
import { parseDocument, plainValue, propertyOf, sectionOf, valueOf } from './json-document.ts'

/** The location of an entry. */
export interface Spot {
  readonly file: string
  readonly section: string
  readonly name: string
}

const BOM = '\uFEFF'

interface Found {
  readonly bom: string
  readonly body: string
  readonly root: Node
  readonly section: Node | undefined
  readonly property: Node | undefined
}

/** The value of the entry; undefined if it does not exist. Throws the errors of `parseDocument`. */
export function entryIn(text: string, spot: Spot): unknown {
  const value = valueOf(find(text, spot).property)
  return value && plainValue(value)
}

export function withEntry(text: string, spot: Spot, entry: object): string {
  const { bom, body, root, section, property } = find(text, spot)
  const value = valueOf(property)
  if (!section) return bom + insertProperty(body, root, spot.section, { [spot.name]: entry })
  if (!value) return bom + insertProperty(body, section, spot.name, entry)
  return JSON.stringify(plainValue(value)) === JSON.stringify(entry) ? text : bom + replaceValue(body, value, entry)
}

export function withoutEntry(text: string, spot: Spot): string {
  const { bom, body, section, property } = find(text, spot)
  return section && property ? bom + removeProperty(body, section, property) : text
}

/** An empty file counts as an empty object. */
function find(text: string, { file, section: sectionName, name }: Spot): Found {
  const bom = text.startsWith(BOM) ? BOM : ''
  const content = text.slice(bom.length)
  const body = content.trim() === '' ? '{}\n' : content
  const root = parseDocument(body, file)
  const section = sectionOf(root, sectionName, body, file)
  return { bom, body, root, section, property: section && propertyOf(section, name) }
}
