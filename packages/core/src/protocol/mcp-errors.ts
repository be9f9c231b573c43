/** The errors that the MCP specification adds to those of JSON-RPC. */
import { InvalidParamsError, InvalidRequestError, RpcError } from '../jsonrpc/rpc-errors.ts'
import { shorten } from '../util/shorten.ts'
import { McpErrorCode } from './mcp-error-codes.ts'
import type { ClientCapabilities } from './types/base-types.ts'

/** No resource has this URI. The code is −32602, or −32002 for legacy clients. */
export class ResourceNotFoundError extends InvalidParamsError {
  constructor(uri: string) {
    super(`Resource not found: ${uri}`, { data: { uri } })
  }
}

/** −32020: a request header is missing, malformed, or differs from the value in the body. */
export class HeaderMismatchError extends RpcError {
  constructor(message: string) {
    super(McpErrorCode.HeaderMismatch, message)
  }
}

/** −32021: the request needs a capability that the client did not declare. */
export class MissingCapabilityError extends RpcError {
  constructor(requiredCapabilities: ClientCapabilities) {
    super(McpErrorCode.MissingCapability, `The client lacks a required capability: ${Object.keys(requiredCapabilities).join(', ')}`, { data: { requiredCapabilities } })
  }
}

/** −32600: the caller lacks a scope. Over HTTP, the transport checks the scopes first and responds with 403. */
export class InsufficientScopeError extends InvalidRequestError {
  readonly scopes: readonly string[]

  /** `scopes` lists all scopes that the request needs, including those that the caller has. */
  constructor(scopes: readonly string[]) {
    super(`Missing scopes: ${scopes.join(', ')}, which the caller was not granted`, { data: { reason: 'insufficient_scope', scopes } })
    this.scopes = scopes
  }
}

/** −32022: the server does not support the protocol version of the request. */
export class UnsupportedVersionError extends RpcError {
  constructor(requested: string, supported: readonly string[]) {
    super(McpErrorCode.UnsupportedVersion, `Unsupported protocol version: ${shorten(requested)}`, { data: { requested: shorten(requested), supported } })
  }
}
