/** Who may come in, as the settings say it. It lies over what the server's code says: whoever runs a server may close it. */
import { GangwayError, type LaunchFlags } from '@gangway/core'
import type { Resolved, SettingName } from './settings.ts'

/** Undefined where nobody said anything of it. Throws `GANGWAY_E_USAGE` for half of it, and `GANGWAY_E_AUTH`. */
export async function authenticateOf(settings: Resolved): Promise<LaunchFlags['authenticate']> {
  const [issuer, audience, scopes] = (['authIssuer', 'authAudience', 'authScopes'] as const).map((name: SettingName) => settings.get(name)?.[0])
  const [given] = [issuer, audience, scopes].filter((source) => source !== undefined)
  if (!given) return undefined
  if (!issuer || !audience) throw new GangwayError('GANGWAY_E_USAGE', `${given.origin} needs ${issuer ? '--auth-audience: the URL of the endpoint, as clients know it' : '--auth-issuer: the authorization server'}`)
  const { bearer } = await import('@gangway/auth')
  return bearer({ issuer: String(issuer.value), audience: String(audience.value), ...(scopes && { scopes: scopes.value as readonly string[] }) })
}
