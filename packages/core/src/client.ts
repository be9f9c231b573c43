/** Entry point `@gangway/core/client`: the MCP client, and the functions that authors of client transports need. */

// Clients
export { type InputHandlers, type ElicitResult, type InputRequestContext } from './client/input-handlers.ts'
export { Client, type CallToolOptions, type Completion, type RequestOptions } from './client/mcp-client.ts'
export { connect, type ClientOptions, type LogMessage } from './client/connect.ts'
export type { ProgressReport } from './client/client-era.ts'
export { ClientError, type ClientErrorCode, type ClientErrorOptions } from './client/client-errors.ts'
export type { NegotiationOptions } from './client/negotiate.ts'
export type { ServerDescription } from './client/server-description.ts'
export { Subscription } from './client/subscription.ts'
export type { ListenFilter } from './definition/listen-filter.ts'
export { PeerError } from './jsonrpc/outgoing-requests.ts'
export type { Change } from './definition/changes.ts'

// Transports
export { checkOptions, type OptionNames } from './util/check-options.ts'
export { checkNumbers, DURATION, limitOf, type NumberRules } from './util/check-numbers.ts'
export { excerpt } from './client/client-errors.ts'
export { redactedTransport } from './client/redacted-transport.ts'
export { encodeHeader } from './client/tool-schemas.ts'
export { parseMessages, type ClientTransport, type Link, type Receiver, type SendOptions } from './client/client-transport.ts'
export { checkUrl, drop, FETCH_OPTIONS, Fetcher, readText, statusError, withSecrets, type FetchOptions, type FetchRequest } from './client/http-fetch.ts'
export { readEvents } from './client/read-events.ts'
export { EVENT_STREAM, LAST_EVENT_HEADER, METHOD_HEADER, NAME_HEADER, NAMED_METHODS, SESSION_HEADER, VERSION_HEADER } from './protocol/http-headers.ts'

// Messages
export { redact, redactor, secretsOfArguments } from './util/redact.ts'
