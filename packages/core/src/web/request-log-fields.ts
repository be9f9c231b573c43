/** Collects the log fields of a message that was received over HTTP. */
import { isObject } from '../util/is-object.ts'
import { shorten } from '../util/shorten.ts'

export interface RequestLogFields {
  readonly method: string
  readonly tool?: string
  /** The first 8 characters of the session id. The complete id would let a reader of the log use the session. */
  readonly session?: string
}

/** `value` is the parsed body, which may not be a valid message. */
export function requestLogFields(value: unknown, session: string | undefined): RequestLogFields {
  const { method, params } = isObject(value) ? value : {}
  const tool = method === 'tools/call' && isObject(params) ? params.name : undefined
  return {
    method: Array.isArray(value) ? 'batch' : typeof method === 'string' ? method : 'response',
    ...(typeof tool === 'string' && { tool: shorten(tool) }),
    ...(session !== undefined && { session: session.slice(0, 8) }),
  }
}
