/** Types that every part of the protocol shares: implementations, capabilities, annotations. */

export interface Icon {
  /** An `https:` or `data:` URI. */
  src: string
  mimeType?: string
  /** Sizes such as `48x48`, or `any`. */
  sizes?: string[]
  theme?: 'light' | 'dark'
}

/** How a client or a server describes itself. */
export interface Implementation {
  name: string
  version: string
  title?: string
  description?: string
  websiteUrl?: string
  icons?: Icon[]
}

/** The capabilities of a client. Unknown members are allowed and ignored. */
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

/** How the client of a request describes itself. Its values are not verified. */
export interface ClientDescription {
  readonly info: Implementation | undefined
  readonly capabilities: ClientCapabilities
}

/** The authenticated caller, as the `authenticate` option of a transport returned it. */
export interface AuthInfo {
  /** The caller's id, unique for the issuer. */
  readonly subject: string
  /** All granted scopes, including the scopes that other granted scopes imply. */
  readonly scopes: readonly string[]
  /** The authority that authenticated the subject. Needed only if a server accepts several. */
  readonly issuer?: string
  readonly clientId?: string
  /** The access token, if `authenticate` returns it. A proxy can pass it to an upstream that accepts the same token. It is never logged or stored. */
  readonly token?: string
  /** Expiry time in milliseconds since 1970. Open streams of the caller are closed then. */
  readonly expiresAt?: number
  /** Further facts about the caller, such as the claims of a token. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** Hints on the use of a piece of content. */
export interface Annotations {
  audience?: ('user' | 'assistant')[]
  /** Importance from 0 (optional) to 1 (required). */
  priority?: number
  /** An ISO 8601 date. */
  lastModified?: string
}

export type Meta = Record<string, unknown>
