/** Content helpers: the blocks that a tool or a prompt returns, without their wire spelling. */
import type { Annotations, Icon, Meta } from '../protocol/types/base.ts'
import type { AudioContent, ContentBlock, EmbeddedResource, ImageContent, ResourceContents, ResourceLink, TextContent } from '../protocol/types/content.ts'
import { toBase64 } from './base64.ts'

export interface BlockOptions {
  annotations?: Annotations
  _meta?: Meta
}
export interface LinkOptions extends BlockOptions {
  /** @default the URI */
  name?: string
  title?: string
  description?: string
  mimeType?: string
  /** In bytes. */
  size?: number
  icons?: Icon[]
}

export const text = (text: string, options?: BlockOptions): TextContent => ({ type: 'text', text, ...options })

/** `data` is bytes, or text that is base64 already. */
export const image = (data: Uint8Array | string, mimeType: string, options?: BlockOptions): ImageContent => ({ type: 'image', data: encoded(data), mimeType, ...options })

/** `data` is bytes, or text that is base64 already. */
export const audio = (data: Uint8Array | string, mimeType: string, options?: BlockOptions): AudioContent => ({ type: 'audio', data: encoded(data), mimeType, ...options })

/** Points at a resource; the client reads it if it wants to. */
export const link = (uri: string, options: LinkOptions = {}): ResourceLink => ({ type: 'resource_link', uri, name: uri, ...options })

/** Carries a resource: text stays text, bytes become base64. */
export function embed(uri: string, contents: string | Uint8Array, options: BlockOptions & { mimeType?: string } = {}): EmbeddedResource {
  const { mimeType, ...block } = options
  return { type: 'resource', resource: resourceContents(uri, contents, mimeType), ...block }
}

export function resourceContents(uri: string, contents: string | Uint8Array, mimeType: string | undefined): ResourceContents {
  const head = { uri, ...(mimeType !== undefined && { mimeType }) }
  return typeof contents === 'string' ? { ...head, text: contents } : { ...head, blob: toBase64(contents) }
}

const TYPES = new Set<unknown>(['text', 'image', 'audio', 'resource', 'resource_link'])

export const isContentBlock = (value: unknown): value is ContentBlock => typeof value === 'object' && value !== null && 'type' in value && TYPES.has(value.type)

const encoded = (data: Uint8Array | string): string => (typeof data === 'string' ? data : toBase64(data))
