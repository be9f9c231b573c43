/** Requests of callers who are believed, whoever they say they are: for tests of what comes after. */
import type { AuthInfo, McpServer } from '@gangway/core'
import type { Authenticate } from '@gangway/core/web'
import { httpApp, type HttpAppOptions } from '@gangway/transport-http'
import { legacyHeaders, modernHeaders } from '../harness/http-headers.ts'
import { closing } from '../harness/index.ts'
import { initializeParams, modernText, NEWEST_LEGACY, requestText, type Json, type Message } from '../harness/message.ts'

const callers = new Map<string, AuthInfo>()

/** The same caller is the same object, as with verifiers that remember tokens. */
export const believe: Authenticate = ({ header }) => {
  const said = header('authorization') ?? 'null'
  if (!callers.has(said)) callers.set(said, JSON.parse(said))
  return callers.get(said)
}

export const caller = (subject: string, ...scopes: string[]): AuthInfo => ({ subject, scopes })
export const says = (auth: AuthInfo): { authorization: string } => ({ authorization: JSON.stringify(auth) })

export interface Reply {
  status: number
  challenge: string | undefined
  message: Message
}

export interface App {
  /** A request of the modern era. */
  modern(auth: AuthInfo, method: string, params?: Json, meta?: Json): Promise<Reply>
  /** Posts a text in the legacy era. Without a session, it had better be a handshake. */
  legacy(auth: AuthInfo, text: string, session?: string, method?: 'POST' | 'GET' | 'DELETE'): Promise<Reply & { session: string }>
  /** The id of a new session. */
  open(auth: AuthInfo, revision?: string): Promise<string>
}

export function serveBelieving(server: McpServer, options: HttpAppOptions = {}): App {
  const app = httpApp(server, { authenticate: believe, responses: 'json', ...options })
  closing({ close: async () => void (await app.close()) })
  const send = async (headers: object, payload: string, method: 'POST' | 'GET' | 'DELETE' = 'POST'): Promise<Reply & { session: string }> => {
    const reply = await app.inject({ method, url: '/mcp', headers: { host: 'localhost', ...headers }, ...(method === 'POST' && { payload }) })
    return { status: reply.statusCode, challenge: reply.headers['www-authenticate']?.toString(), session: String(reply.headers['mcp-session-id']), message: reply.body.startsWith('{') ? reply.json() : { jsonrpc: '2.0' } }
  }
  const legacy: App['legacy'] = (auth, text, session, method) => send({ ...legacyHeaders(session, NEWEST_LEGACY), ...says(auth) }, text, method)
  return {
    modern: (auth, method, params, meta) => {
      const text = modernText(1, method, params, meta)
      return send({ ...modernHeaders(text), ...says(auth) }, text)
    },
    legacy,
    open: async (auth, revision = NEWEST_LEGACY) => {
      const { session } = await legacy(auth, requestText(1, 'initialize', initializeParams(revision)))
      await legacy(auth, '{"jsonrpc":"2.0","method":"notifications/initialized"}', session)
      return session
    },
  }
}
