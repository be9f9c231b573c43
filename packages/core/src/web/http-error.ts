/** Requests that are refused before they reach a method, and what their replies say. */
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { InternalError, isRpcError, RpcError, type RpcErrorOptions } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { failure, InvalidMessageError, type FailureMessage, type RequestId } from '../jsonrpc/message.ts'

type Headers = Readonly<Record<string, string>>

export interface HttpErrorOptions extends RpcErrorOptions {
  headers?: Headers
}

/** HTTP itself refuses the request: with this status, and in the body −32600, or −32603 from 500 on, where the request is not at fault. */
export class HttpError extends RpcError {
  readonly status: number
  readonly headers: Headers

  constructor(status: number, message: string, { headers = {}, ...options }: HttpErrorOptions = {}) {
    super(status < 500 ? ErrorCode.InvalidRequest : ErrorCode.InternalError, message, options)
    this.status = status
    this.headers = headers
  }
}

/** There is no room for it now: seconds later there may be. `reason` is for programs. */
export const tooBusy = (status: 429 | 503, message: string, reason: string): HttpError => new HttpError(status, message, { headers: { 'retry-after': '1' }, data: { reason } })

export interface Refusal {
  readonly status: number
  readonly headers: Headers
  readonly body: FailureMessage
}

/** `id` is that of the request, where it could be read. */
export function refusalOf(error: unknown, id: RequestId | null = null): Refusal {
  const known = toKnownError(error)
  const { status, headers } = isHttpError(known) ? known : { status: known.code === ErrorCode.InternalError ? 500 : 400, headers: {} }
  return { status, headers, body: failure(known instanceof InvalidMessageError ? known.id : id, known) }
}

/** Knows those of every copy of this package in the process. */
export const isHttpError = (error: unknown): error is HttpError => isRpcError(error) && 'status' in error && 'headers' in error

/** HTTP servers and their plugins put a status on what they refuse, such as a body over the limit; and not all of them throw errors. */
function toKnownError(error: unknown): RpcError {
  if (isRpcError(error)) return error
  const { statusCode, message } = isObject(error) ? error : {}
  const status = Number(statusCode ?? 500)
  if (status >= 400 && status < 500) return new HttpError(status, String(message ?? 'Refused'))
  // What is behind it is not for the client to know; but that it may try again is.
  return status > 500 && status < 600 ? new HttpError(status, 'The server cannot answer now: try again later') : new InternalError({ cause: error })
}
