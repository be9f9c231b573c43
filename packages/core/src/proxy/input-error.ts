/** Converts the errors of clients that fail to respond to an input request, so that they can be sent to the upstream. */
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { InternalError, isRpcError, RpcError } from '../jsonrpc/rpc-errors.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { isToolError } from '../definition/tool-error.ts'

/** Keeps the client's own error and its code. A `ToolError` says why the client could not be called, so its message is kept. Other errors become internal errors. */
export function toInputError(error: Error): RpcError {
  if (isRpcError(error)) return error
  if (error instanceof PeerError) return toPeersError(error)
  return isToolError(error) ? new RpcError(ErrorCode.InternalError, error.message) : new InternalError({ cause: error })
}

/** Converts an error of a peer so that it can be forwarded. A peer may send an invalid code, or a message that is not a string. */
export const toPeersError = ({ code, message, data }: PeerError): RpcError => new RpcError(Number.isSafeInteger(code) ? code : ErrorCode.InternalError, String(message), { data })
