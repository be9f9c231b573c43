/** Serializes outgoing messages as JSON. */
import { Answered, failed } from './dispatch.ts'
import { InternalError } from '../jsonrpc/rpc-errors.ts'
import { failure, isResponse, type Message, type ResponseMessage } from '../jsonrpc/message.ts'
import { resultJson, sharedJson } from '../methods/result-json.ts'
import { brief } from '../util/shorten.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import { logLimited } from '../logging/limited-log.ts'
import { loggable } from '../logging/thrown-value.ts'

/** A message, or the responses to a batch. */
export type Outgoing = Message | readonly ResponseMessage[]

/** A result that JSON cannot represent, such as one with a bigint, is handled as if the handler had thrown. For a notification, this throws, so that the handler that sends it gets the error. */
export function encodeMessage(server: ServerDefinition, outgoing: Outgoing): string {
  return 'jsonrpc' in outgoing ? encodeOne(server, outgoing) : `[${outgoing.map((message) => encodeOne(server, message)).join(',')}]`
}

function encodeOne(server: ServerDefinition, message: Message): string {
  try {
    return textOf(message)
  } catch (error) {
    if (!isResponse(message)) throw error
    return JSON.stringify(instead(server, message, error))
  }
}

function textOf(message: Message): string {
  if (!('result' in message)) return JSON.stringify(message)
  const { id } = message
  return `{"jsonrpc":"2.0","id":${Number.isInteger(id) ? id : JSON.stringify(id)},"result":${sharedJson(message.result) ?? resultJson(message.result)}}`
}

function instead(server: ServerDefinition, message: ResponseMessage, cause: unknown): ResponseMessage {
  const origin = Answered.originOf(message)
  if (origin) return failed(server, origin.era, origin.request, origin.ctx, new TypeError('The result cannot be written as JSON', { cause }))
  logLimited(server.logger, 'error', { id: brief(message.id), err: loggable(cause) }, 'A response cannot be written as JSON')
  return failure(message.id, new InternalError())
}
