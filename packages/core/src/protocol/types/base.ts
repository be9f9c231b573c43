/** The shapes that every part of the protocol shares: implementations, capabilities, annotations. */

export interface Icon {
  /** An `https:` or `data:` URI. */
  src: string
  mimeType?: string
  /** Such as `48x48`, or `any`. */
  sizes?: string[]
  theme?: 'light' | 'dark'
}

/** What a program calls itself. */
export interface Implementation {
  name: string
  version: string
  title?: string
  description?: string
  websiteUrl?: string
  icons?: Icon[]
}

/** Capability sets are open: unknown keys are kept and ignored. */
export interface ClientCapabilities {
  elicitation?: { form?: object; url?: object }
  sampling?: { tools?: object; context?: object }
  roots?: { listChanged?: boolean }
  experimental?: Record<string, object>
  extensions?: Record<string, object>
  [capability: string]: unknown
}

export interface ServerCapabilities {
  logging?: object
  tools?: { listChanged?: boolean }
  resources?: { listChanged?: boolean; subscribe?: boolean }
  prompts?: { listChanged?: boolean }
  completions?: object
  [capability: string]: unknown
}

/** The other side of a request, as it describes itself. */
export interface ClientDescription {
  readonly info: Implementation | undefined
  readonly capabilities: ClientCapabilities
}

/** Who is asking, as the transport established it. */
export interface AuthInfo {
  /** One of a kind at its issuer. */
  readonly subject: string
  /** All that was granted, and all that this implies. */
  readonly scopes: readonly string[]
  /** Who vouches for the subject, where there may be several. */
  readonly issuer?: string
  readonly clientId?: string
  /** The access token itself, where `authenticate` keeps it: for a proxy whose upstream accepts the same token. Never logged or stored. */
  readonly token?: string
  /** Milliseconds since 1970: from then on, streams that stay open are ended. */
  readonly expiresAt?: number
  /** What else is known, such as the claims of a token. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Hints on how a piece of content is meant to be used. */
export interface Annotations {
  audience?: ('user' | 'assistant')[]
  /** From 0, optional, to 1, required. */
  priority?: number
  /** ISO 8601. */
  lastModified?: string
}

export type Meta = Record<string, unknown>
