/** Access rules: which callers may see and use a tool, resource or prompt. They depend on the caller only, never on the connection or the session. */
import type { AuthInfo } from '../protocol/types/base-types.ts'

export interface Access {
  /** OAuth scopes that the caller must all have; otherwise the request fails with 403. Not enforced without authentication, as on stdio. @default nothing */
  scopes?: readonly string[]
  /**
   * Returns whether this caller may see the item. To other callers, the item does not exist. Must be synchronous and return the same value for the same caller.
   * If it throws, the item is hidden. @default everybody
   */
  visible?: (auth: AuthInfo | undefined) => boolean
}

/** The access rules of a whole server. */
export interface AccessRules {
  /** Scopes that every caller must have, in addition to those of single items. */
  readonly scopes: readonly string[]
  /** Whether the server or any of its items requires scopes. */
  readonly scoped: boolean
  /** Whether some callers see fewer items than others. */
  readonly restricted: boolean
  /** Whether items are hidden from callers that lack their scopes. */
  readonly hideForbidden: boolean
}

/** Builds an `Access` without undefined members. */
export const accessOf = ({ scopes, visible }: { scopes: Access['scopes'] | undefined; visible: Access['visible'] | undefined }): Access => ({ ...(scopes && { scopes }), ...(visible && { visible }) })

/**
 * A key for the caller: the JSON text of `[issuer or null, subject]`. Undefined without authentication.
 * Equal subjects of two issuers are two callers.
 */
export const principalOf = (auth: AuthInfo | undefined): string | undefined => auth && JSON.stringify([auth.issuer ?? null, auth.subject])

export const isGranted = (auth: AuthInfo | undefined, scopes: readonly string[] = []): boolean => !auth || scopes.every((scope) => auth.scopes.includes(scope))
