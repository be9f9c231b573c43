/** From a message to its text: where what handlers made meets JSON. */
import { InternalError } from './jsonrpc/errors.ts'
import { failure, isResponse, type Message, type ResponseMessage } from './jsonrpc/message.ts'
import { resultJson } from './methods/result-json.ts'
import { sharedJson } from './methods/shared-results.ts'
import type { ServerDefinition } from './server/definition.ts'

/** A message, or the answers to a batch. */
export type Outgoing = Message | readonly ResponseMessage[]

/** An answer that JSON cannot carry, such as one with a bigint in it, becomes −32603. A notification throws: the handler that sends it hears of it. */
export function encodeMessage(server: ServerDefinition, outgoing: Outgoing): string {
  return 'jsonrpc' in outgoing ? encodeOne(server, outgoing) : `[${outgoing.map((message) => encodeOne(server, message)).join(',')}]`
}

function encodeOne({ logger }: ServerDefinition, message: Message): string {
  try {
    if (!('result' in message)) return JSON.stringify(message)
    return `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${sharedJson(message.result) ?? resultJson(message.result)}}`
  } catch (error) {
    if (!isResponse(message)) throw error
    logger.error({ id: message.id, err: error }, 'An answer cannot be written as JSON')
    return JSON.stringify(failure(message.id, new InternalError()))
  }
}
