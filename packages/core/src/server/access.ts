/** Who gets to see and use what a server offers. It depends on who is asking alone, never on the connection or the session. */
import type { AuthInfo } from '../protocol/types/base.ts'

export interface Access {
  /** What a caller must have been granted, all of it; else 403. Ignored where nobody is authenticated, as on stdio. @default nothing */
  scopes?: readonly string[]
  /** Who gets to see it; for others it does not exist. Must give the same answer for the same caller; where it throws, nobody sees it. @default everybody */
  visible?: (auth: AuthInfo | undefined) => boolean
}

/** What a server asks of its callers as a whole. */
export interface AccessRules {
  /** What every caller must have been granted. */
  readonly scopes: readonly string[]
  /** Whether anything needs scopes. */
  readonly scoped: boolean
  /** Whether some callers see less than others. */
  readonly restricted: boolean
  /** Whether callers see only what they may use. */
  readonly hideForbidden: boolean
}

/** Without what was left out. */
export const accessOf = ({ scopes, visible }: { scopes: Access['scopes'] | undefined; visible: Access['visible'] | undefined }): Access => ({ ...(scopes && { scopes }), ...(visible && { visible }) })

/** A key for the caller, the JSON text of `[issuer or null, subject]`; undefined where nobody is authenticated. The same name at two issuers is two callers. */
export const principalOf = (auth: AuthInfo | undefined): string | undefined => auth && JSON.stringify([auth.issuer ?? null, auth.subject])

export const isGranted = (auth: AuthInfo | undefined, scopes: readonly string[] = []): boolean => !auth || scopes.every((scope) => auth.scopes.includes(scope))
