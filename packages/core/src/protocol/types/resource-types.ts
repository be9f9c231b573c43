/** Types of resources and resource templates, as the protocol defines them. */
import type { Annotations, Icon, Meta } from './base-types.ts'
import type { ResourceContents } from './content-types.ts'

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
  /** Size in bytes before any encoding. */
  size?: number
}

export interface ResourceTemplateDescription extends Described {
  /** A URI template (RFC 6570). */
  uriTemplate: string
}

export interface ReadResourceResult {
  contents: ResourceContents[]
  _meta?: Meta
}
