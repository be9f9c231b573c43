/** The errors that the MCP specification adds to those of JSON-RPC. */
import { InvalidParamsError, InvalidRequestError, RpcError } from '../jsonrpc/errors.ts'
import { McpErrorCode } from './error-codes.ts'
import type { ClientCapabilities } from './types/base.ts'

/** Nothing is at this URI: −32602, which the legacy era spells −32002. */
export class ResourceNotFoundError extends InvalidParamsError {
  constructor(uri: string) {
    super(`Resource not found: ${uri}`, { data: { uri } })
  }
}

/** −32020: a request header is absent, malformed, or differs from the body it repeats. */
export class HeaderMismatchError extends RpcError {
  constructor(message: string) {
    super(McpErrorCode.HeaderMismatch, message)
  }
}

/** −32021: the work needs something that the client did not declare. */
export class MissingCapabilityError extends RpcError {
  constructor(requiredCapabilities: ClientCapabilities) {
    super(McpErrorCode.MissingCapability, `The client lacks a required capability: ${Object.keys(requiredCapabilities).join(', ')}`, { data: { requiredCapabilities } })
  }
}

/** −32600: who is asking may not do this. Over HTTP the request is refused with 403 before it gets here. */
export class InsufficientScopeError extends InvalidRequestError {
  readonly scopes: readonly string[]

  /** `scopes` are all that the request needs. */
  constructor(scopes: readonly string[]) {
    super(`This needs the scopes ${scopes.join(', ')}, which the caller was not granted`, { data: { reason: 'insufficient_scope', scopes } })
    this.scopes = scopes
  }
}

/** −32022: the revision a request names is not served. */
export class UnsupportedVersionError extends RpcError {
  constructor(requested: string, supported: readonly string[]) {
    super(McpErrorCode.UnsupportedVersion, `Unsupported protocol version: ${requested}`, { data: { requested, supported } })
  }
}
