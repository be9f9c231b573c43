/** The headers in which a client repeats parts of its messages. Specification: basic/transports, Streamable HTTP. */
import { META, isObject, isRequest, type Message } from '@gangway/core/internal'
import { encodeHeader, EVENT_STREAM, METHOD_HEADER, NAME_HEADER, NAMED_METHODS, VERSION_HEADER } from '@gangway/core/client'

/** The parameter that `Mcp-Name` repeats, by method. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...NAMED_METHODS,
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
])

/** Returns undefined for messages without a revision in `_meta`: they are legacy messages. */
export function modernHeaders(message: Message): Record<string, string> | undefined {
  const { _meta, ...params } = ('method' in message ? message.params : undefined) ?? {}
  const revision = isObject(_meta) ? _meta[META.protocolVersion] : undefined
  if (!isRequest(message) || typeof revision !== 'string') return undefined
  const name = params[NAMES.get(message.method) ?? '']
  return { [VERSION_HEADER]: revision, [METHOD_HEADER]: message.method, ...(typeof name === 'string' && { [NAME_HEADER]: encodeHeader(name) }) }
}

export const BOTH: string = `application/json, ${EVENT_STREAM}`
