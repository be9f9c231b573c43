/** Masks secrets in a configuration before it is printed. */
import { secretsOfArguments } from '@gangway/core/client'
import type { Node } from 'jsonc-parser'
import { parseDocument, type Spot } from './edit-host-config.ts'

const SHOWN: ReadonlySet<unknown> = new Set(['type', 'command', 'args', 'cwd'])
const MASK = '"***"'

/** Masks all strings, except for those that start the server in `spot`. Arguments that look like secrets are masked there too. */
export function masked(text: string, spot: Spot): string {
  const content = text.replace(/^\uFEFF/, '')
  if (content.trim() === '') return content
  const secrets: Node[] = []
  collect(parseDocument(content, spot.file), [], spot, secrets)
  return secrets.reduceRight((result, { offset, length }) => result.slice(0, offset) + MASK + result.slice(offset + length), content)
}

function collect(node: Node, path: readonly unknown[], spot: Spot, found: Node[]): void {
  const isShown = path[0] === spot.section && path[1] === spot.name && SHOWN.has(path[2])
  if (node.type === 'string' && !isShown) found.push(node)
  const secrets = isShown && node.type === 'array' ? secretsOfArguments((node.children ?? []).map(({ value }) => String(value))) : []
  for (const child of node.children ?? []) {
    if (secrets.some((secret) => String(child.value).includes(secret))) found.push(child)
    const [key, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child]
    if (value) collect(value, [...path, key?.value], spot, found)
  }
}
