/** A real authorization server on loopback, at which ada logs in, and agrees to everything, by herself. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { Provider, type Adapter, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { newStore } from './authorization-store.ts'

export interface AuthorizationServer {
  readonly url: string
  /** What was asked of it: method and path. */
  readonly requests: readonly string[]
  /** Signs with a new key from now on; the one before is gone. */
  rotate(): Promise<void>
  close(): Promise<void>
}

export interface AuthorizationServerOptions {
  /** For whom there are tokens. */
  resource: string
  format: 'jwt' | 'opaque'
  /** The resource server, where it asks about tokens itself. */
  introspector?: { clientId: string; clientSecret: string }
}

const SCOPES = ['mcp', 'orders:write']
/** Seconds. */
export const LIFETIME = 60

export async function startAuthorizationServer(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const requests: string[] = []
  const store = newStore()
  let provider: Provider | undefined
  const http = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?', 1)
    requests.push(`${request.method} ${path}`)
    if (provider) void (path.startsWith('/interaction/') ? agree(provider, request, response) : provider.callback()(request, response))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const rotate = async (): Promise<void> => void (provider = await newProvider(url, store, options))
  await rotate()
  return {
    url,
    requests,
    rotate,
    close: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

/** What the one before knew, the new one knows as well: all but the keys. */
async function newProvider(url: string, adapter: (model: string) => Adapter, { resource, format, introspector }: AuthorizationServerOptions): Promise<Provider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const configuration: Configuration = {
    adapter,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: randomUUID(), alg: 'ES256', use: 'sig' }] },
    cookies: { keys: ['of the tests'] },
    scopes: ['openid', 'offline_access', ...SCOPES],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ...(introspector && {
      clients: [{ client_id: introspector.clientId, client_secret: introspector.clientSecret, redirect_uris: [], grant_types: [], response_types: [] }],
    }),
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    issueRefreshToken: async () => true,
    interactions: { url: async (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    ttl: { AccessToken: LIFETIME, Grant: 3600, Session: 3600, Interaction: 600, RefreshToken: 3600, IdToken: 60, AuthorizationCode: 60 },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async () => true },
      introspection: { enabled: introspector !== undefined, allowedPolicy: async () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx: KoaContextWithOIDC) => resource,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, asked) => {
          if (asked !== resource) throw new Error(`There are no tokens for ${asked}`)
          return { scope: SCOPES.join(' '), audience: resource, accessTokenFormat: format, accessTokenTTL: LIFETIME, ...(format === 'jwt' && { jwt: { sign: { alg: 'ES256' } } }) }
        },
      },
    },
  }
  return new Provider(url, configuration)
}

async function agree(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
  const grant = (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ?? new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params.client_id) })
  const { missingOIDCScope, missingResourceScopes } = prompt.details as { missingOIDCScope?: string[]; missingResourceScopes?: Record<string, string[]> }
  if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '))
  for (const [indicator, scopes] of Object.entries(missingResourceScopes ?? {})) grant.addResourceScope(indicator, scopes.join(' '))
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true })
}
