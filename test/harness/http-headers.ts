/** The headers that a client sends beside a message. */
import type { OutgoingHttpHeaders } from 'node:http'
import { MODERN, PROTOCOL_VERSION, type Json, type Revision } from './message.ts'

export const BASE_HEADERS: OutgoingHttpHeaders = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

/** Those of a modern message repeat its body. Text that cannot be read gets none of its own. */
export function modernHeaders(text: string): OutgoingHttpHeaders {
  const message = parse(text)
  const params = asObject(message.params)
  const version = asObject(params._meta)[PROTOCOL_VERSION]
  if (message.id === undefined && message.method !== undefined) return { ...BASE_HEADERS, 'mcp-protocol-version': MODERN } // A notification needs no envelope.
  if (typeof version !== 'string' || typeof message.method !== 'string') return { ...BASE_HEADERS }
  const about = message.method === 'resources/read' ? params.uri : ['tools/call', 'prompts/get'].includes(message.method) ? params.name : undefined
  return {
    ...BASE_HEADERS,
    'mcp-protocol-version': version,
    'mcp-method': message.method,
    ...(typeof about === 'string' && { 'mcp-name': encode(about) }),
  }
}

export function legacyHeaders(session: string | undefined, revision: Revision): OutgoingHttpHeaders {
  const tellsVersion = session !== undefined && revision >= '2025-06-18'
  return { ...BASE_HEADERS, ...(session !== undefined && { 'mcp-session-id': session }), ...(tellsVersion && { 'mcp-protocol-version': revision }) }
}

export const isModernText = (text: string): boolean => PROTOCOL_VERSION in asObject(asObject(parse(text).params)._meta)
export const idOf = (text: string): unknown => parse(text).id
export const methodOf = (text: string): unknown => parse(text).method

const encode = (value: string): string => (/^[\x20-\x7e]*$/.test(value) && value.trim() === value ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`)

function parse(text: string): Json {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return {} // Tests send text that is no JSON, too.
  }
}

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
