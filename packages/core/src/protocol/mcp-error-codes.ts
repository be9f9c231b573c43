/** The error codes that MCP adds to those of JSON-RPC. Specification 2026-07-28: basic. */
export const McpErrorCode = {
  /** Only in the revisions before 2026-07-28, which replaced it with `InvalidParams`. */
  ResourceNotFound: -32002,
  HeaderMismatch: -32020,
  MissingCapability: -32021,
  UnsupportedVersion: -32022,
} as const
