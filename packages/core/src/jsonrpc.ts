/** @gangway/core/jsonrpc: the JSON-RPC engine, usable without MCP. */
export * from './jsonrpc/errors.ts'
export { Exchange } from './jsonrpc/exchange.ts'
export { follow, isLater, type Awaitable } from './jsonrpc/awaitable.ts'
export { Inflight } from './jsonrpc/inflight.ts'
export { isObject } from './jsonrpc/is-object.ts'
export * from './jsonrpc/message.ts'
export { PeerError, Pending } from './jsonrpc/pending.ts'
export { atMost, UnderWay } from './jsonrpc/under-way.ts'
