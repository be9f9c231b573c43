/** JSON-RPC 2.0 messages: their types, their constructors and the one parser. Knows nothing of MCP. */
import { isDeeperThan, MAX_DEPTH } from './depth.ts'
import { InvalidRequestError, ParseError, toErrorObject, type ErrorObject, type RpcError } from './errors.ts'
import { isObject } from './is-object.ts'

export type RequestId = string | number
export type Params = Record<string, unknown>
/** Any JSON object. */
export type Result = object

export interface RequestMessage {
  jsonrpc: '2.0'
  id: RequestId
  method: string
  params?: Params
}
export interface NotificationMessage {
  jsonrpc: '2.0'
  method: string
  params?: Params
}
export interface SuccessMessage {
  jsonrpc: '2.0'
  id: RequestId
  result: Result
}
export interface FailureMessage {
  jsonrpc: '2.0'
  /** Null only when the id of the faulty message could not be read. */
  id: RequestId | null
  error: ErrorObject
}
export type ResponseMessage = SuccessMessage | FailureMessage
export type Message = RequestMessage | NotificationMessage | ResponseMessage

/** Takes one message towards the peer. */
export type Send = (message: Message) => void

export const notification = (method: string, params: Params): NotificationMessage => ({ jsonrpc: '2.0', method, params })
export const success = (id: RequestId, result: Result): SuccessMessage => ({ jsonrpc: '2.0', id, result })
export const failure = (id: RequestId | null, error: RpcError): FailureMessage => ({ jsonrpc: '2.0', id, error: toErrorObject(error) })

export const isRequest = (message: Message): message is RequestMessage => 'method' in message && 'id' in message
/** How many of what may be messages want an answer. */
export const requestsIn = (values: readonly unknown[]): number => values.filter((value) => isObject(value) && 'method' in value && 'id' in value).length
export const isResponse = (message: Message): message is ResponseMessage => !('method' in message)
export const isFailure = (message: ResponseMessage): message is FailureMessage => 'error' in message

/** JSON that is not a JSON-RPC message. */
export class InvalidMessageError extends InvalidRequestError {
  /** The id of the faulty message, or null where it has none that can be used. */
  readonly id: RequestId | null
  /** False for a broken notification or response: those are never answered on a wire of their own. */
  readonly answerable: boolean

  constructor(message: string, value: unknown) {
    super(message)
    const { id } = isObject(value) ? value : {}
    this.id = isRequestId(id) ? id : null
    this.answerable = !isObject(value) || ('method' in value ? 'id' in value : !('result' in value || 'error' in value))
  }
}

/** Checks the envelope only; each method checks its `params`. Members that may be absent may also be null. Throws `InvalidMessageError`. */
export function parseMessage(value: unknown): Message {
  const present = isObject(value) ? withoutNulls(value) : value
  const fault = faultOf(present)
  if (fault !== undefined) throw new InvalidMessageError(fault, value)
  return present as Message
}

/** `params: null`, and the outcome that a response does not have. A copy is made only if there is one of them. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  if (value.params !== null && value.error !== null && (value.result !== null || !('error' in value))) return value
  return Object.fromEntries(Object.entries(value).filter(([name, member]) => member !== null || name === 'id' || name === 'method'))
}

/** Throws `ParseError`, or `InvalidMessageError` for what is nested too deeply. */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ParseError({ cause })
  }
  return text.length > 2 * MAX_DEPTH ? checkDepth(value) : value // A level takes two characters at least.
}

/** Throws `InvalidMessageError` for what is nested too deeply; gives anything else back. */
export function checkDepth(value: unknown): unknown {
  if (isDeeperThan(value, MAX_DEPTH)) throw new InvalidMessageError(`The message is nested deeper than ${MAX_DEPTH} levels`, value)
  return value
}

/** A string or an integer that survived `JSON.parse` unchanged: a larger one would be echoed wrong. */
const isRequestId = (value: unknown): value is RequestId => typeof value === 'string' || Number.isSafeInteger(value)

function faultOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return 'Batches are not accepted here: send one message at a time'
  if (!isObject(value) || value.jsonrpc !== '2.0') return 'Not a JSON-RPC 2.0 message: "jsonrpc" must be "2.0"'
  if ('id' in value && !isRequestId(value.id) && !(value.id === null && 'error' in value)) return '"id" must be a string or a safe integer'
  const outcomes = Number('result' in value) + Number('error' in value)
  if ('method' in value) {
    if (outcomes > 0) return 'A message has either "method" or an outcome, not both'
    if (typeof value.method !== 'string') return '"method" must be a string'
    return 'params' in value && !isObject(value.params) ? '"params" must be an object' : undefined
  }
  if (outcomes !== 1) return 'Neither a request, a notification nor a response'
  if (!('id' in value)) return 'A response must have an "id"'
  return isObject(value.result ?? value.error) ? undefined : 'A response must hold an object'
}
