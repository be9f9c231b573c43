/** One server behind `authenticate`, with a log that keeps everything. */
import { McpServer, type Logger } from '@gangway/core'
import type { Authenticate } from '@gangway/core/web'
import { httpApp } from '@gangway/transport-http'
import { afterTest } from '../../../test/harness/cleanup.ts'

export interface Reply {
  status: number
  retryAfter: string | undefined
  reason: string | undefined
  challenge: string | undefined
  /** Who was let in, as the handler knows it. */
  who: { subject: string; scopes: string[]; issuer?: string; clientId?: string; expiresAt?: number } | undefined
}

export interface Behind {
  readonly log: [level: string, ...line: unknown[]][]
  /** Warnings and errors, as texts with all their causes. */
  complaints(): string[]
  /** Calls a tool. */
  call(authorization?: string): Promise<Reply>
}

const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'who', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } })

export function behind(authenticate: Authenticate): Behind {
  const log: Behind['log'] = []
  const keep = (level: string) => (...line: unknown[]): void => void log.push([level, ...line])
  const logger: Logger = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
  const server = new McpServer({ name: 'suite', version: '1.0.0', logger }).tool('who', {}, (_, { auth }) => JSON.stringify(auth))
  const app = httpApp(server, { authenticate })
  afterTest(() => app.close())
  return {
    log,
    complaints: () => log.filter(([level]) => level === 'warn' || level === 'error').map(([, ...line]) => line.map(textOf).join(' ')),
    call: async (authorization) => {
      const reply = await app.inject({
        method: 'POST',
        url: '/mcp',
        headers: { host: 'localhost', 'content-type': 'application/json', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'who', ...(authorization !== undefined && { authorization }) },
        payload: body,
      })
      const { result, error } = reply.json()
      const text = result?.content[0].text
      return { status: reply.statusCode, retryAfter: reply.headers['retry-after']?.toString(), reason: error?.data?.reason, challenge: reply.headers['www-authenticate']?.toString(), who: text && JSON.parse(text) }
    },
  }
}

const textOf = (value: unknown): string => JSON.stringify(value, (_, inner) => (inner instanceof Error ? { ...inner, message: inner.message, cause: inner.cause } : inner))
