/** @gangway/core/client: a client of any MCP server, and what a client transport's author needs. */

// Clients
export { type Answers, type ElicitResult, type QuestionContext } from './client/answers.ts'
export { Client, type CallToolOptions, type Completion, type RequestOptions } from './client/client.ts'
export { connect, type ClientOptions, type LogMessage } from './client/connect.ts'
export type { ProgressReport } from './client/era.ts'
export { ClientError, type ClientErrorCode, type ClientErrorOptions } from './client/errors.ts'
export type { NegotiationOptions } from './client/negotiate.ts'
export type { ServerDescription } from './client/server-description.ts'
export { Subscription } from './client/subscription.ts'
export type { ListenFilter } from './server/listen-filter.ts'
export { PeerError } from './jsonrpc/pending.ts'
export type { Change } from './server/changes.ts'

// Transports
export { checkNumbers, DURATION, limitOf, type NumberRules } from './option-numbers.ts'
export { excerpt } from './client/errors.ts'
export { redactedTransport } from './client/redacted-transport.ts'
export { encodeHeader } from './client/tools.ts'
export { parseMessages, type ClientTransport, type Link, type Receiver, type SendOptions } from './client/transport.ts'
export { checkUrl, drop, eachChunk, Fetcher, readText, statusError, tooLarge, withSecrets, type FetchOptions, type FetchRequest } from './client/fetch.ts'

// Messages
export { redact, redactor } from './redact.ts'
