/** JSON-RPC messages as a client without any of our code sees them. */

export type Json = Record<string, unknown>
export type Id = string | number

export interface WireError {
  code: number
  message: string
  data?: Json
}

export interface Message {
  jsonrpc: '2.0'
  id?: Id | null
  method?: string
  params?: Json
  result?: Json
  error?: WireError
}

/** What a server may ask of its client, and the capability that allows it. */
export const QUESTIONS: Readonly<Record<string, string>> = { 'elicitation/create': 'elicitation', 'sampling/createMessage': 'sampling', 'roots/list': 'roots' }

export const isResponse = (message: Message): boolean => !('method' in message)

export const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'] as const
export const MODERN = '2026-07-28'
export const NEWEST_LEGACY = '2025-11-25'
export type Revision = (typeof LEGACY)[number] | typeof MODERN

export const PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion'
export const CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
export const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo'
export const LOG_LEVEL = 'io.modelcontextprotocol/logLevel'
export const SERVER_INFO = 'io.modelcontextprotocol/serverInfo'

/** What a modern request must carry in its `_meta`, and what it may. */
export const envelope = (meta: Json = {}): Json => ({
  [PROTOCOL_VERSION]: MODERN,
  [CLIENT_CAPABILITIES]: {},
  [CLIENT_INFO]: { name: 'suite', version: '1.0.0' },
  ...meta,
})

/** The text of a request. `more` adds members or replaces them. */
export const requestText = (id: unknown, method: string, params: Json = {}, more: Json = {}): string => JSON.stringify({ jsonrpc: '2.0', id, method, params, ...more })

/** The text of a modern request. */
export const modernText = (id: unknown, method: string, params: Json = {}, meta: Json = {}): string => requestText(id, method, { ...params, _meta: envelope(meta) })

export const initializeParams = (protocolVersion: unknown, capabilities: Json = {}): Json => ({ protocolVersion, capabilities, clientInfo: { name: 'suite', version: '1.0.0' } })
