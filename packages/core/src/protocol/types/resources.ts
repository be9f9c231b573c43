/** Resources and resource templates as they appear on the wire. */
import type { Annotations, Icon, Meta } from './base.ts'
import type { ResourceContents } from './content.ts'

interface Described {
  name: string
  title?: string
  description?: string
  mimeType?: string
  icons?: Icon[]
  annotations?: Annotations
  _meta?: Meta
}

export interface ResourceDescription extends Described {
  uri: string
  /** In bytes, before any encoding. */
  size?: number
}

export interface ResourceTemplateDescription extends Described {
  /** RFC 6570. */
  uriTemplate: string
}

export interface ReadResourceResult {
  contents: ResourceContents[]
  _meta?: Meta
}
