/** The protected resource: its URL, its authorization servers, and the metadata document for clients. Specification: RFC 9728; MCP, basic/authorization. */
import { GangwayError } from '@gangway/core'
import type { OptionNames } from '@gangway/core/internal'
import type { PublicDocument } from '@gangway/core/web'
import { canonical, requireSecure } from './urls.ts'

export interface ResourceOptions {
  /** Expected token audience (`aud`): usually the public URL of the endpoint, such as `https://api.example.com/mcp`. */
  audience: string
  /** Public URL of the endpoint, if the audience is something else. @default the audience */
  resource?: string
  /** Keep the token in `auth.token`, for a proxy whose upstream accepts the same tokens. Handlers can read it too. @default false */
  keepToken?: boolean
  /** Scopes that every request requires. Tools, resources and prompts can require more. @default none */
  scopes?: readonly string[]
  /** All scopes, for clients to choose from. @default `scopes` */
  scopesSupported?: readonly string[]
  /** Returns all scopes that a scope includes, such as `admin` → `['orders:read', 'orders:write']`. @default a scope includes itself only */
  impliedScopes?: (scope: string) => readonly string[]
  /** Display name. */
  name?: string
  /** URL of a page for developers. */
  documentation?: string
}

export const RESOURCE_OPTIONS: OptionNames<ResourceOptions> = { audience: true, resource: true, keepToken: true, scopes: true, scopesSupported: true, impliedScopes: true, name: true, documentation: true }

/** What other libraries call these options. */
export const OTHER_NAMES: ReadonlyMap<string, string> = new Map([['scope', 'scopes'], ['requiredScopes', 'scopes'], ['jwksUri', 'keys'], ['jwks', 'keys'], ['resourceServerUrl', 'resource']])

export interface Resource {
  /** URL of the metadata document. */
  readonly metadataUrl: string
  /** The document at the path of the resource and at the root, where some clients look. */
  readonly documents: readonly PublicDocument[]
}

/** A resource never requires `offline_access`: refresh tokens are between the client and the issuer. */
export const ownScopes = (scopes: readonly string[] = []): string[] => scopes.filter((scope) => scope !== 'offline_access')

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** Throws `GANGWAY_E_AUTH` for a missing audience, an invalid URL of the resource or of an authorization server, and an empty list of authorization servers. */
export function describeResource({ audience, resource = audience, scopes, scopesSupported = scopes, name, documentation }: ResourceOptions, authorizationServers: readonly string[]): Resource {
  if (!audience) throw new GangwayError('GANGWAY_E_AUTH', 'The audience is missing. Without it, tokens for any other service would be accepted')
  if (!URL.canParse(resource)) throw new GangwayError('GANGWAY_E_AUTH', `The resource must be the URL of the endpoint, not "${resource}". Set it if the audience is not a URL`)
  if (authorizationServers.length === 0) throw new GangwayError('GANGWAY_E_AUTH', 'No authorization server is set. Clients need one to get a token')
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
