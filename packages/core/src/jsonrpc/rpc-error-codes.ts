/** The error codes of JSON-RPC. Specification: JSON-RPC 2.0, section 5.1. */
export const ErrorCode = {
  ParseError: -32700,
  InvalidRequest: -32600,
  MethodNotFound: -32601,
  InvalidParams: -32602,
  InternalError: -32603,
} as const
