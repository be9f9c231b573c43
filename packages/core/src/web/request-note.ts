/** What a log should say of a message that came over HTTP. */
import { isObject } from '../jsonrpc/is-object.ts'

export interface RequestNote {
  readonly method: string
  readonly tool?: string
  /** The beginning of the session's id: the whole would let readers of the log take part in it. */
  readonly session?: string
}

/** `value` is the body, not yet known to be a message. */
export function noteOf(value: unknown, session: string | undefined): RequestNote {
  const { method, params } = isObject(value) ? value : {}
  const tool = method === 'tools/call' && isObject(params) ? params.name : undefined
  return {
    method: Array.isArray(value) ? 'batch' : typeof method === 'string' ? method : 'response',
    ...(typeof tool === 'string' && { tool }),
    ...(session !== undefined && { session: session.slice(0, 8) }),
  }
}
