/** Types of the content blocks in tool results and prompt messages. */
import type { Annotations, Icon, Meta } from './base-types.ts'

interface Block {
  annotations?: Annotations
  _meta?: Meta
}

export interface TextContent extends Block {
  type: 'text'
  text: string
}
export interface ImageContent extends Block {
  type: 'image'
  /** The image, encoded as base64. */
  data: string
  mimeType: string
}
export interface AudioContent extends Block {
  type: 'audio'
  /** The audio data, encoded as base64. */
  data: string
  mimeType: string
}
export interface ResourceLink extends Block {
  type: 'resource_link'
  uri: string
  name: string
  title?: string
  description?: string
  mimeType?: string
  size?: number
  icons?: Icon[]
}
export interface EmbeddedResource extends Block {
  type: 'resource'
  resource: ResourceContents
}
export type ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource

interface Contents {
  uri: string
  mimeType?: string
  _meta?: Meta
}
export interface TextResourceContents extends Contents {
  text: string
}
export interface BlobResourceContents extends Contents {
  /** The bytes, encoded as base64. */
  blob: string
}
export type ResourceContents = TextResourceContents | BlobResourceContents
