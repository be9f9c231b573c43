/** The protected resource: what it is called, who issues tokens for it, and the document that says so. Specification: RFC 9728; MCP, basic/authorization. */
import { GangwayError } from '@gangway/core'
import type { PublicDocument } from '@gangway/core/web'
import { canonical, requireSecure } from './urls.ts'

export interface ResourceOptions {
  /** What tokens must be meant for (`aud`): as a rule the URL of the endpoint as clients know it, such as `https://api.example.com/mcp`. */
  audience: string
  /** The URL of the endpoint, where the audience is something else. @default the audience */
  resource?: string
  /** Keeps the token in `auth.token`, for a proxy whose upstream accepts the same tokens. Handlers see it, too. @default false */
  keepToken?: boolean
  /** What every request needs. Single tools, resources and prompts may need more. @default nothing */
  scopes?: readonly string[]
  /** All scopes that there are, for clients to choose from. @default `scopes` */
  scopesSupported?: readonly string[]
  /** All that a scope implies, such as `admin` → `['orders:read', 'orders:write']`. @default a scope is itself alone */
  implied?: (scope: string) => readonly string[]
  /** For people. */
  name?: string
  /** The URL of a page for developers. */
  documentation?: string
}

export interface Resource {
  /** The address of the document. */
  readonly metadataUrl: string
  /** The same document at the path of the resource, and at the root, where some clients look. */
  readonly documents: readonly PublicDocument[]
}

/** Whether a client may stay when its user has left is between it and its issuer: no resource asks for that. */
export const ownScopes = (scopes: readonly string[] = []): string[] => scopes.filter((scope) => scope !== 'offline_access')

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** Throws `GANGWAY_E_AUTH` for a URL that cannot be that of a resource or of an authorization server, and where there is none of these. */
export function describeResource({ audience, resource = audience, scopes, scopesSupported = scopes, name, documentation }: ResourceOptions, authorizationServers: readonly string[]): Resource {
  if (!audience) throw new GangwayError('GANGWAY_E_AUTH', 'Name the audience: without it, a token for any other service would be good here')
  if (!URL.canParse(resource)) throw new GangwayError('GANGWAY_E_AUTH', `The resource must be the URL of the endpoint, not "${resource}": give it beside an audience that is none`)
  if (authorizationServers.length === 0) throw new GangwayError('GANGWAY_E_AUTH', 'Name an authorization server: without one, clients cannot find out where to get a token')
  for (const server of authorizationServers) requireSecure(server, 'authorization server')
  const url = requireSecure(resource, 'resource')
  if (url.hash) throw new GangwayError('GANGWAY_E_AUTH', `The URL of a resource has no fragment: ${resource}`)
  const path = url.pathname === '/' ? '' : url.pathname
  const supported = ownScopes(scopesSupported)
  const body = JSON.stringify({
    resource: canonical(resource),
    authorization_servers: authorizationServers,
    ...(supported.length > 0 && { scopes_supported: supported }),
    bearer_methods_supported: ['header'],
    ...(name !== undefined && { resource_name: name }),
    ...(documentation !== undefined && { resource_documentation: documentation }),
  })
  return { metadataUrl: `${url.origin}${WELL_KNOWN}${path}`, documents: [...new Set([`${WELL_KNOWN}${path}`, WELL_KNOWN])].map((at) => ({ path: at, body })) }
}
