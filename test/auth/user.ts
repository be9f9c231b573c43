/** The client's side of OAuth, and the person in front of it with a browser: follows wherever it is sent, and keeps its cookies. */
import type { OAuthClientProvider } from '@modelcontextprotocol/client'

type Known = { [Name in 'clientInformation' | 'tokens']: Awaited<ReturnType<OAuthClientProvider[Name]>> } & { verifier: string; discovery: Awaited<ReturnType<NonNullable<OAuthClientProvider['discoveryState']>>> }

const CALLBACK = 'http://127.0.0.1:9/callback' // Nobody has to listen there: the browser is ours.

export interface User extends OAuthClientProvider {
  readonly known: Partial<Known>
  /** The scopes of each authorization that was asked for. */
  readonly asked: readonly (string | null)[]
  /** Where the browser came back to, with all that was said there. */
  answer(): URLSearchParams
}

export function newUser(): User {
  const known: Partial<Known> = {}
  const asked: (string | null)[] = []
  const cookies = new Map<string, string>()
  let returned = new URLSearchParams()
  return {
    known,
    asked,
    answer: () => returned,
    redirectUrl: CALLBACK,
    clientMetadata: { client_name: 'suite', redirect_uris: [CALLBACK], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], token_endpoint_auth_method: 'none' },
    clientInformation: () => known.clientInformation,
    saveClientInformation: (information) => void (known.clientInformation = information),
    tokens: () => known.tokens,
    saveTokens: (tokens) => void (known.tokens = tokens),
    invalidateCredentials: (scope) => {
      if (scope === 'all' || scope === 'tokens') delete known.tokens
    },
    saveCodeVerifier: (verifier) => void (known.verifier = verifier),
    codeVerifier: () => known.verifier ?? '',
    discoveryState: () => known.discovery,
    saveDiscoveryState: (state) => void (known.discovery = state),
    redirectToAuthorization: async (authorization) => {
      asked.push(authorization.searchParams.get('scope'))
      let at = authorization
      while (!at.href.startsWith(CALLBACK)) {
        const reply = await fetch(at, { redirect: 'manual', headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } })
        for (const line of reply.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
          cookies.set(name, value)
        }
        const location = reply.headers.get('location')
        if (!location) throw new Error(`${at.href} answered with ${reply.status}: ${await reply.text()}`)
        at = new URL(location, at)
      }
      returned = at.searchParams
    },
  }
}
