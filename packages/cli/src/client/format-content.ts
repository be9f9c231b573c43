/** Formats results as text. `--json` prints them in full instead. */
import type { ContentBlock, GetPromptResult, ResourceContents } from '@gangway/core'

export function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'image':
    case 'audio':
      return `[${block.type}, ${block.mimeType}, ${bytesIn(block.data)} bytes]`
    case 'resource_link':
      return `[${block.name ?? 'resource'}: ${block.uri}]`
    case 'resource':
      return resourceText(block.resource)
    default:
      return JSON.stringify(block)
  }
}

export const resourceText = (contents: ResourceContents): string => ('text' in contents ? contents.text : `[${contents.uri}, ${contents.mimeType ?? 'unknown type'}, ${bytesIn(contents.blob)} bytes]`)

export const promptText = ({ messages }: GetPromptResult): string => messages.map(({ role, content }) => `${role}: ${blockText(content)}`).join('\n')

const bytesIn = (base64: string): number => Buffer.byteLength(base64, 'base64')
