/** Reads, sets and removes the entry of one server in a configuration file. */
import { GangwayError } from '@gangway/core'
import type { Node } from 'jsonc-parser'
import { parseJsonc, plainValue, positionIn, propertyOf, valueOf } from '../jsonc.ts'
import { insertProperty, removeProperty, replaceValue } from './edit-property.ts'

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

/** An empty file is treated as an empty object. */
function find(text: string, { file, section: sectionName, name }: Spot): Found {
  const bom = text.startsWith(BOM) ? BOM : ''
  const content = text.slice(bom.length)
  const body = content.trim() === '' ? '{}\n' : content
  const root = parseDocument(body, file)
  const section = sectionOf(root, sectionName, body, file)
  return { bom, body, root, section, property: section && propertyOf(section, name) }
}

/** Takes text without a byte order mark. Throws `GANGWAY_E_HOST_CONFIG`, with the position of the fault in `file`. */
export function parseDocument(text: string, file: string): Node {
  const { root, fault } = parseJsonc(text)
  if (fault) throw notJson(fault.what, `${file}:${positionIn(text, fault.offset)}`)
  if (root?.type !== 'object') throw notJson('expected an object', `${file}:1:1`)
  return root
}

/** The object of servers; undefined if it does not exist yet. */
function sectionOf(root: Node, section: string, text: string, file: string): Node | undefined {
  const value = valueOf(propertyOf(root, section))
  if (value && value.type !== 'object') throw notJson(`"${section}" must be an object`, `${file}:${positionIn(text, value.offset)}`)
  return value
}

const notJson = (fault: string, position: string): GangwayError => new GangwayError('GANGWAY_E_HOST_CONFIG', `Invalid configuration at ${position}: ${fault}. Fix it and try again; the file was not changed`)
