/** The JSON of a result, put together from its members: on Node 20 that takes a third of the time of `JSON.stringify`, and no more than it on later ones. */
import { isPlain } from '../jsonrpc/is-plain.ts'
import type { Result } from '../jsonrpc/message.ts'
import { sharedJson } from './shared-results.ts'

/** Throws what `JSON.stringify` throws. */
export function resultJson(result: Result): string {
  if (!isPlain(result)) return JSON.stringify(result)
  let text = ''
  for (const name of Object.keys(result)) {
    const member = memberText(name, result[name])
    if (member !== undefined) text += `${text === '' ? '{' : ','}${nameText(name)}:${member}`
  }
  return text === '' ? '{}' : `${text}}`
}

/** Undefined for what JSON leaves out. */
function memberText(name: string, value: unknown): string | undefined {
  if (name === 'content' && Array.isArray(value) && value.length === 1) return `[${blockText(value[0])}]`
  return (name === '_meta' && isPlain(value) ? sharedJson(value) : undefined) ?? JSON.stringify(value)
}

/** Of a block of content, which most often is nothing but text. */
const blockText = (block: unknown): string =>
  isPlain(block) && block.type === 'text' && typeof block.text === 'string' && Object.keys(block).length === 2 ? `{"type":"text","text":${JSON.stringify(block.text)}}` : (JSON.stringify(block) ?? 'null')

const nameText = (name: string): string => (/^\w+$/.test(name) ? `"${name}"` : JSON.stringify(name))
