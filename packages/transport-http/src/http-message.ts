/** A request and a reply as the endpoint sees them: neither Fastify's, nor Node's, nor the web's. */
import type { AuthInfo } from '@gangway/core'
import { isObject } from '@gangway/core/jsonrpc'
import type { EventStream, RequestHead } from '@gangway/core/web'

export interface HttpRequest extends Omit<RequestHead, 'url'> {
  /** The whole body as text, empty where there is none; or the value that the host has parsed from it. */
  readonly body: unknown
  /** Who sends it, where that is known. */
  readonly auth?: AuthInfo | undefined
  /** Calls the listener if the client leaves before the reply is complete. */
  onGone(listener: () => void): void
  /** Takes what a log should say of the request. */
  note?(about: RequestNote): void
}

/** What a request is about. */
export interface RequestNote {
  readonly method: string
  readonly tool?: string
  /** The beginning of the session's id: the whole would let readers of the log take part in it. */
  readonly session?: string
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | EventStream | undefined
}

/** `value` is the body, not yet known to be a message. */
export function describe(value: unknown, { header }: Pick<HttpRequest, 'header'>): RequestNote {
  const session = header('mcp-session-id')?.slice(0, 8)
  const { method, params } = isObject(value) ? value : {}
  const tool = method === 'tools/call' && isObject(params) ? params.name : undefined
  return {
    method: Array.isArray(value) ? 'batch' : typeof method === 'string' ? method : 'response',
    ...(typeof tool === 'string' && { tool }),
    ...(session !== undefined && { session }),
  }
}
