/** Entry point `@gangway/core/transport`: what authors of transports need. See docs/transports.md. */
export { Connection, type ConnectionOptions } from './engine/duplex-connection.ts'
export { encodeMessage, type Outgoing } from './engine/encode-message.ts'
export { checkServer } from './definition/check-server.ts'
export type { ServerDefinition } from './definition/server-definition.ts'
export type { Running, Transport } from './process/server-transport.ts'
export { InvalidRequestError, ParseError, RpcError, type ErrorObject, type RpcErrorOptions } from './jsonrpc/rpc-errors.ts'
export type { FailureMessage, Message, NotificationMessage, Params, RequestId, RequestMessage, ResponseMessage, SuccessMessage } from './jsonrpc/message.ts'
