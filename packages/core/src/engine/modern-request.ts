/** Serves the requests of modern clients. Each request carries its context, so the server stores nothing between requests. */
import { dispatch } from './dispatch.ts'
import { modern } from '../eras/modern-era.ts'
import type { Awaitable } from '../util/awaitable.ts'
import { InvalidParamsError, toRpcError } from '../jsonrpc/rpc-errors.ts'
import type { Exchange } from '../jsonrpc/incoming-requests.ts'
import { isObject } from '../util/is-object.ts'
import { failure, type RequestMessage, type ResponseMessage } from '../jsonrpc/message.ts'
import { isImplementation } from '../methods/lifecycle.ts'
import { optionalParam } from '../methods/params.ts'
import { UnsupportedVersionError } from '../protocol/mcp-errors.ts'
import { checkListen } from '../protocol/kept-bytes.ts'
import { normalizeCapabilities } from '../protocol/capabilities.ts'
import { isModernRevision, META, metaOf, MODERN_REVISIONS, type ModernRevision } from '../protocol/revisions.ts'
import type { AuthInfo, ClientCapabilities, ClientDescription, Meta } from '../protocol/types/base-types.ts'
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../protocol/types/log-level.ts'
import { Context, type EndingSession } from '../context/context.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'

/** The context that a modern request carries in its `_meta`. */
export interface Envelope {
  /** The version may be one that the server does not support. */
  readonly protocolVersion: string
  readonly client: ClientDescription
  readonly logLevel: LogLevel | undefined
  readonly meta: Meta
}

/** Never throws. `peer` is the client of a connection that serves only one client. */
export function serveRequest(server: ServerDefinition, request: RequestMessage, exchange: Exchange, auth?: AuthInfo, peer?: EndingSession): Awaitable<ResponseMessage> {
  try {
    const envelope = parseEnvelope(request)
    return serveEnvelope(server, request, envelope, requireRevision(envelope), exchange, auth, peer)
  } catch (error) {
    return failure(request.id, toRpcError(error))
  }
}

/** Throws `InvalidParamsError` unless the envelope is complete and its types are correct. Specification: basic/index, `_meta`. */
export function parseEnvelope(request: RequestMessage): Envelope {
  const meta = metaOf(request)
  const { [META.protocolVersion]: protocolVersion, [META.clientCapabilities]: capabilities } = meta
  const info = optionalParam(meta, META.clientInfo)
  const logLevel = optionalParam(meta, META.logLevel)
  if (typeof protocolVersion !== 'string') throw new InvalidParamsError(`"_meta" must contain the string "${META.protocolVersion}"`)
  if (!isObject(capabilities)) throw new InvalidParamsError(`"_meta" must contain the object "${META.clientCapabilities}"`)
  if (info !== undefined && !isImplementation(info)) throw new InvalidParamsError(`"${META.clientInfo}" must have a "name" and a "version"`)
  if (logLevel !== undefined && !isLogLevel(logLevel)) throw new InvalidParamsError(`"${META.logLevel}" must be one of ${LOG_LEVELS.join(', ')}`)
  if (request.method === 'subscriptions/listen') checkListen(request) // A subscription is stored until it ends, so its size is limited.
  return { protocolVersion, client: { info, capabilities: capabilities as ClientCapabilities }, logLevel, meta }
}

/** Throws `UnsupportedVersionError` unless the server supports the protocol version. */
export function requireRevision({ protocolVersion }: Envelope): ModernRevision {
  if (!isModernRevision(protocolVersion)) throw new UnsupportedVersionError(protocolVersion, MODERN_REVISIONS)
  return protocolVersion
}

/** The last step of `serveRequest`, for transports that check the envelope themselves. Never throws. */
export function serveEnvelope(
  server: ServerDefinition,
  request: RequestMessage,
  { client, logLevel, meta }: Envelope,
  revision: ModernRevision,
  exchange: Exchange,
  auth: AuthInfo | undefined,
  peer?: EndingSession,
): Awaitable<ResponseMessage> {
  return dispatch(server, modern, request, new Context({ id: request.id, revision, client: { ...client, capabilities: normalizeCapabilities(client.capabilities, revision) }, logLevel, meta, auth, exchange, session: undefined, peer }))
}
