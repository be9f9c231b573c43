/** A configuration's text without what is nobody's business: it is shown on terminals and pasted into reports. */
import type { Node } from 'jsonc-parser'
import { parseDocument } from './json-document.ts'
import type { Spot } from './edit-config.ts'

const SHOWN: ReadonlySet<unknown> = new Set(['type', 'command', 'args', 'cwd'])
const MASK = '"***"'

/** All strings but those that say how our own server is started. */
export function masked(text: string, spot: Spot): string {
  const content = text.replace(/^\uFEFF/, '')
  if (content.trim() === '') return content
  const secrets: Node[] = []
  collect(parseDocument(content, spot.file), [], spot, secrets)
  return secrets.reduceRight((result, { offset, length }) => result.slice(0, offset) + MASK + result.slice(offset + length), content)
}

function collect(node: Node, path: readonly unknown[], spot: Spot, found: Node[]): void {
  if (node.type === 'string' && !(path[0] === spot.section && path[1] === spot.name && SHOWN.has(path[2]))) found.push(node)
  for (const child of node.children ?? []) {
    const [key, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child]
    if (value) collect(value, [...path, key?.value], spot, found)
  }
}
