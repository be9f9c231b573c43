/** The modern front door: a request that brings its own context is answered, and nothing is remembered. */
import { dispatch } from './dispatch.ts'
import { modern } from './eras/modern.ts'
import type { Awaitable } from './jsonrpc/awaitable.ts'
import { InvalidParamsError, toRpcError } from './jsonrpc/errors.ts'
import type { Exchange } from './jsonrpc/exchange.ts'
import { isObject } from './jsonrpc/is-object.ts'
import { failure, type RequestMessage, type ResponseMessage } from './jsonrpc/message.ts'
import { isImplementation } from './methods/lifecycle.ts'
import { present } from './methods/params.ts'
import { UnsupportedVersionError } from './protocol/errors.ts'
import { checkListen } from './protocol/kept-bytes.ts'
import { normalizeCapabilities } from './protocol/capabilities.ts'
import { isModernRevision, META, metaOf, MODERN_REVISIONS, type ModernRevision } from './protocol/revisions.ts'
import type { AuthInfo, ClientCapabilities, ClientDescription, Meta } from './protocol/types/base.ts'
import { isLogLevel, LOG_LEVELS, type LogLevel } from './protocol/types/logging.ts'
import { Context, type EndingSession } from './server/context.ts'
import type { ServerDefinition } from './server/definition.ts'

/** The context that a modern request carries in its `_meta`. */
export interface Envelope {
  /** Not yet known to be a revision that is served. */
  readonly protocolVersion: string
  readonly client: ClientDescription
  readonly logLevel: LogLevel | undefined
  readonly meta: Meta
}

/** Never throws. `peer` is the one client at the other end of the connection, where it has one to itself. */
export function serveRequest(server: ServerDefinition, request: RequestMessage, exchange: Exchange, auth?: AuthInfo, peer?: EndingSession): Awaitable<ResponseMessage> {
  try {
    const envelope = parseEnvelope(request)
    return serveEnvelope(server, request, envelope, requireRevision(envelope), exchange, auth, peer)
  } catch (error) {
    return failure(request.id, toRpcError(error))
  }
}

/** Throws `InvalidParamsError` unless the envelope is complete and well-typed. Specification: basic/index, `_meta`. */
export function parseEnvelope(request: RequestMessage): Envelope {
  const meta = metaOf(request)
  const { [META.protocolVersion]: protocolVersion, [META.clientCapabilities]: capabilities, [META.clientInfo]: info, [META.logLevel]: logLevel } = present(meta)
  if (typeof protocolVersion !== 'string') throw new InvalidParamsError(`_meta must hold "${META.protocolVersion}", a string`)
  if (!isObject(capabilities)) throw new InvalidParamsError(`_meta must hold "${META.clientCapabilities}", an object`)
  if (info !== undefined && !isImplementation(info)) throw new InvalidParamsError(`"${META.clientInfo}" must have a "name" and a "version"`)
  if (logLevel !== undefined && !isLogLevel(logLevel)) throw new InvalidParamsError(`"${META.logLevel}" must be one of ${LOG_LEVELS.join(', ')}`)
  if (request.method === 'subscriptions/listen') checkListen(request) // It is kept until the subscription ends.
  return { protocolVersion, client: { info, capabilities: capabilities as ClientCapabilities }, logLevel, meta }
}

/** Throws `UnsupportedVersionError`. */
export function requireRevision({ protocolVersion }: Envelope): ModernRevision {
  if (!isModernRevision(protocolVersion)) throw new UnsupportedVersionError(protocolVersion, MODERN_REVISIONS)
  return protocolVersion
}

/** The last step of `serveRequest`, for doors that check more in between. Never throws. */
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
