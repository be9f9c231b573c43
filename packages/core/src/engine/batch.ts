/** Handles JSON-RPC batches, which only revision 2025-03-26 supports. The messages of a batch run concurrently. Specification 2025-03-26: basic, batching. */
import { InvalidRequestError } from '../jsonrpc/rpc-errors.ts'
import type { Awaitable } from '../util/awaitable.ts'
import { isObject } from '../util/is-object.ts'
import { failure, InvalidMessageError, parseMessage, type Message, type ResponseMessage } from '../jsonrpc/message.ts'
import { META, metaOf, type LegacyRevision } from '../protocol/revisions.ts'

const BATCH_REVISION = '2025-03-26'
const MAX_BATCH = 50

type Receive = (message: Message) => Awaitable<ResponseMessage | undefined>

/**
 * Resolves with the responses to the requests of a batch, in any order.
 * Throws `InvalidRequestError` if the revision does not support batches, or if the batch as a whole is invalid.
 */
export function serveBatch(values: readonly unknown[], revision: LegacyRevision | undefined, receive: Receive): Promise<ResponseMessage[]> {
  checkBatch(values, revision)
  return Promise.all(values.map((value) => serveOne(value, receive))).then((answers) => answers.filter((answer) => answer !== undefined))
}

/** Throws `InvalidRequestError` for a batch that the server rejects regardless of its load. */
export function checkBatch(values: readonly unknown[], revision: LegacyRevision | undefined): void {
  if (revision !== BATCH_REVISION) throw new InvalidRequestError(`Only revision ${BATCH_REVISION} supports batches: send one message at a time`)
  if (values.length === 0 || values.length > MAX_BATCH) throw new InvalidRequestError(`A batch must have 1 to ${MAX_BATCH} messages`)
  const objects = values.filter(isObject)
  if (objects.some(({ method }) => method === 'initialize')) throw new InvalidRequestError('"initialize" may not be part of a batch')
  if (objects.some((value) => META.protocolVersion in metaOf(value as unknown as Message))) throw new InvalidRequestError('A message that names its protocol version may not be part of a batch')
}

async function serveOne(value: unknown, receive: Receive): Promise<ResponseMessage | undefined> {
  try {
    return await receive(parseMessage(value))
  } catch (error) {
    return error instanceof InvalidMessageError && error.answerable ? failure(error.id, error) : undefined
  }
}
