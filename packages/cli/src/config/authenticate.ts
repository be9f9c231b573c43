/** The `authenticate` option that the settings describe. It overrides the server's own, so that an operator can restrict access to any server. */
import { GangwayError } from '@gangway/core'
import type { LaunchFlags } from '@gangway/core/internal'
import type { AuthSettings } from './config.ts'
import type { Resolved, Source } from './settings.ts'
import type { SettingName } from './settings-table.ts'

/** Undefined without auth settings. Throws `GANGWAY_E_USAGE` for an incomplete pair of issuer and audience, `GANGWAY_E_CONFIG` for a conflict, and `GANGWAY_E_AUTH`. */
export async function authenticateOf(settings: Resolved): Promise<LaunchFlags['authenticate']> {
  const [issuer, audience, scopes, more] = (['authIssuer', 'authAudience', 'authScopes', 'auth'] as const).map((name: SettingName) => settings.get(name)?.[0])
  const [given] = [issuer, audience, scopes, more].filter((source) => source !== undefined)
  if (!given) return undefined
  if (!issuer || !audience) throw new GangwayError('GANGWAY_E_USAGE', `${given.origin} requires ${issuer ? '--auth-audience: the public URL of the endpoint' : '--auth-issuer: the URL of the authorization server'}`)
  const { bearer, introspection } = await import('@gangway/auth')
  const { introspection: requested, keys, algorithms, clockTolerance, impliedScopes, ...others } = (more?.value ?? {}) as AuthSettings
  const options = {
    ...others,
    issuer: String(issuer.value),
    audience: String(audience.value),
    ...(scopes && { scopes: scopes.value as readonly string[] }),
    ...(impliedScopes && { impliedScopes: (scope: string) => (Object.hasOwn(impliedScopes, scope) ? (impliedScopes[scope] ?? []) : []) }),
  }
  const ofTokens = { ...(keys !== undefined && { keys }), ...(algorithms && { algorithms }), ...(clockTolerance !== undefined && { clockTolerance }) }
  if (!requested) return bearer({ ...options, ...ofTokens })
  rejectWithIntrospection(Object.keys(ofTokens), more)
  return introspection({ ...options, ...requested })
}

function rejectWithIntrospection([name]: readonly string[], more: Source | undefined): void {
  if (name !== undefined) throw new GangwayError('GANGWAY_E_CONFIG', `"auth.${name}" applies only to JWTs and cannot be combined with "auth.introspection". Remove one of them (${more?.origin})`)
}
