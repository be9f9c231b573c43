/** Defines the JSON-RPC 2.0 messages: types, constructors and the parser. Independent of MCP. */
import { isDeeperThan, isTextDeeperThan, MAX_DEPTH } from '../util/json-size.ts'
import { InvalidRequestError, ParseError, toErrorObject, type ErrorObject, type RpcError } from './rpc-errors.ts'
import { isObject } from '../util/is-object.ts'

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
  /** Null only if the id of the invalid message could not be read. */
  id: RequestId | null
  error: ErrorObject
}
export type ResponseMessage = SuccessMessage | FailureMessage
export type Message = RequestMessage | NotificationMessage | ResponseMessage

/** Sends one message to the peer. */
export type Send = (message: Message) => void

export const notification = (method: string, params: Params): NotificationMessage => ({ jsonrpc: '2.0', method, params })
export const success = (id: RequestId, result: Result): SuccessMessage => ({ jsonrpc: '2.0', id, result })
export const failure = (id: RequestId | null, error: RpcError): FailureMessage => ({ jsonrpc: '2.0', id, error: toErrorObject(error) })

export const isRequest = (message: Message): message is RequestMessage => 'method' in message && 'id' in message
/** Counts the requests among values that have not been validated yet. */
export const requestsIn = (values: readonly unknown[]): number => values.filter((value) => isObject(value) && 'method' in value && 'id' in value).length
export const isResponse = (message: Message): message is ResponseMessage => !('method' in message)
export const isFailure = (message: ResponseMessage): message is FailureMessage => 'error' in message

/** The value is JSON, but not a JSON-RPC message. */
export class InvalidMessageError extends InvalidRequestError {
  /** The id of the invalid message. Null if it has no valid id. */
  readonly id: RequestId | null
  /** False for an invalid notification or response, which must not get a response on stdio. HTTP responds with a status in any case. */
  readonly answerable: boolean

  constructor(message: string, value: unknown) {
    super(message)
    const { id } = isObject(value) ? value : {}
    this.id = isRequestId(id) ? id : null
    this.answerable = !isObject(value) || ('method' in value ? 'id' in value : !('result' in value || 'error' in value))
  }
}

/** Validates the envelope of a message; each method validates its `params`. Optional members may be null. Throws `InvalidMessageError`. */
export function parseMessage(value: unknown): Message {
  const present = isObject(value) ? withoutNulls(value) : value
  const fault = faultOf(present)
  if (fault !== undefined) throw new InvalidMessageError(fault, value)
  return present as Message
}

/** Removes `params: null`, and the null `result` or `error` of a response. Only a message with such members is copied; the copy has only members that JSON-RPC defines. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  if (value.params !== null && value.error !== null && (value.result !== null || !('error' in value))) return value
  const kept = MEMBERS.filter((name) => name in value && (value[name] !== null || name === 'id' || name === 'method'))
  return Object.fromEntries(kept.map((name) => [name, value[name]]))
}

const MEMBERS = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'] as const

/** Parses JSON. Throws `ParseError` for invalid JSON, and `InvalidMessageError` if it is nested too deeply. */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ParseError({ cause })
  }
  if (isTextDeeperThan(text, MAX_DEPTH)) throw tooDeep(value)
  return value
}

/** Returns a value that the host application has parsed. Throws `InvalidMessageError` if it is nested too deeply. */
export function checkDepth(value: unknown): unknown {
  if (isDeeperThan(value, MAX_DEPTH)) throw tooDeep(value)
  return value
}

const tooDeep = (value: unknown): InvalidMessageError => new InvalidMessageError(`The message is nested deeper than ${MAX_DEPTH} levels`, value)

/** Strings and safe integers are valid ids. A larger integer loses digits in `JSON.parse`, so the response would carry a wrong id. */
const isRequestId = (value: unknown): value is RequestId => typeof value === 'string' || Number.isSafeInteger(value)

function faultOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return 'Batches are not accepted here: send one message at a time'
  if (!isObject(value) || value.jsonrpc !== '2.0') return 'Not a JSON-RPC 2.0 message: "jsonrpc" must be "2.0"'
  if ('id' in value && !isRequestId(value.id) && !(value.id === null && 'error' in value)) return '"id" must be a string or a safe integer'
  const outcomes = Number('result' in value) + Number('error' in value)
  if ('method' in value) {
    if (outcomes > 0) return 'A message with "method" must not have "result" or "error"'
    if (typeof value.method !== 'string') return '"method" must be a string'
    return 'params' in value && !isObject(value.params) ? '"params" must be an object' : undefined
  }
  if (outcomes !== 1) return 'Neither a request, a notification nor a response'
  if (!('id' in value)) return 'A response must have an "id"'
  return isObject(value.result ?? value.error) ? undefined : '"result" or "error" in a response must be an object'
}
