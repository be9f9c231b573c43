/** Who may come in, as the settings say it. It lies over what the server's code says: whoever runs a server may close it. */
import { GangwayError, type LaunchFlags } from '@gangway/core'
import type { AuthSettings } from './config.ts'
import type { Resolved, SettingName, Source } from './settings.ts'

/** Undefined where nobody said anything of it. Throws `GANGWAY_E_USAGE` for half of it, `GANGWAY_E_CONFIG` for what does not go together, and `GANGWAY_E_AUTH`. */
export async function authenticateOf(settings: Resolved): Promise<LaunchFlags['authenticate']> {
  const [issuer, audience, scopes, more] = (['authIssuer', 'authAudience', 'authScopes', 'auth'] as const).map((name: SettingName) => settings.get(name)?.[0])
  const [given] = [issuer, audience, scopes, more].filter((source) => source !== undefined)
  if (!given) return undefined
  if (!issuer || !audience) throw new GangwayError('GANGWAY_E_USAGE', `${given.origin} needs ${issuer ? '--auth-audience: the URL of the endpoint, as clients know it' : '--auth-issuer: the authorization server'}`)
  const { bearer, introspection } = await import('@gangway/auth')
  const { introspection: asked, keys, algorithms, clockTolerance, implied, ...others } = (more?.value ?? {}) as AuthSettings
  const options = {
    ...others,
    issuer: String(issuer.value),
    audience: String(audience.value),
    ...(scopes && { scopes: scopes.value as readonly string[] }),
    ...(implied && { implied: (scope: string) => (Object.hasOwn(implied, scope) ? (implied[scope] ?? []) : []) }),
  }
  const ofTokens = { ...(keys !== undefined && { keys }), ...(algorithms && { algorithms }), ...(clockTolerance !== undefined && { clockTolerance }) }
  if (!asked) return bearer({ ...options, ...ofTokens })
  rejectBeside(Object.keys(ofTokens), more)
  return introspection({ ...options, ...asked })
}

function rejectBeside([name]: readonly string[], more: Source | undefined): void {
  if (name !== undefined) throw new GangwayError('GANGWAY_E_CONFIG', `"auth.${name}" is for JWTs, and has no effect beside "introspection": leave out one of them (${more?.origin})`)
}
