/** Defines the errors that reject an HTTP request before it reaches a method, and converts them to replies. */
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { InternalError, isRpcError, RpcError, type RpcErrorOptions } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import { failure, InvalidMessageError, type FailureMessage, type RequestId } from '../jsonrpc/message.ts'

type Headers = Readonly<Record<string, string>>

export interface HttpErrorOptions extends RpcErrorOptions {
  headers?: Headers
}

/** Rejects a request with an HTTP status. The body is a JSON-RPC error: −32600 below 500, and −32603 from 500 on, where the request is not at fault. */
export class HttpError extends RpcError {
  readonly status: number
  readonly headers: Headers

  constructor(status: number, message: string, { headers = {}, ...options }: HttpErrorOptions = {}) {
    super(status < 500 ? ErrorCode.InvalidRequest : ErrorCode.InternalError, message, options)
    this.status = status
    this.headers = headers
  }
}

/** Creates an error with a Retry-After header of one second. `reason` is a machine-readable code in the `data` of the error. */
export const tooBusy = (status: 429 | 503, message: string, reason: string): HttpError => new HttpError(status, message, { headers: { 'retry-after': '1' }, data: { reason } })

export interface Refusal {
  readonly status: number
  readonly headers: Headers
  readonly body: FailureMessage
}

/** Converts any thrown value to a reply. `id` is the id of the request, if it could be read. */
export function refusalOf(error: unknown, id: RequestId | null = null): Refusal {
  const known = toKnownError(error)
  const { status, headers } = isHttpError(known) ? known : { status: known.code === ErrorCode.InternalError ? 500 : 400, headers: {} }
  return { status, headers, body: failure(known instanceof InvalidMessageError ? known.id : id, known) }
}

/** Recognizes errors of every copy of this package in the process. */
export const isHttpError = (error: unknown): error is HttpError => isRpcError(error) && 'status' in error && 'headers' in error

/** Frameworks and plugins set `statusCode` on errors such as "body too large". The thrown value is not always an `Error`. */
function toKnownError(error: unknown): RpcError {
  if (isRpcError(error)) return error
  const { statusCode, message } = isObject(error) ? error : {}
  const status = Number(statusCode ?? 500)
  if (status >= 400 && status < 500) return new HttpError(status, String(message ?? 'Refused'))
  // The cause stays private, but the client may learn that a retry can succeed.
  return status > 500 && status < 600 ? new HttpError(status, 'The server is overloaded. Try again later') : new InternalError({ cause: error })
}
