/** Implements `initialize`, the handshake of the legacy era, and `ping`. */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { LegacyRevision } from '../protocol/revisions.ts'
import type { ClientCapabilities, ClientDescription, Implementation, ServerCapabilities } from '../protocol/types/base-types.ts'
import type { Method } from './method.ts'
import { objectParam, stringParam } from './params.ts'

/** The part of a session that `initialize` uses. */
export interface OpenableSession {
  /** Returns the negotiated revision. A session that is already open is reset. */
  open(requestedRevision: string, client: ClientDescription): LegacyRevision
  /** Returns the capabilities that the server offers and the session can fulfill. */
  supportedCapabilities(offered: ServerCapabilities): ServerCapabilities
}

export const initialize: Method<OpenableSession> = ({ info, instructions, definition }, params, { session }) => ({
  protocolVersion: session.open(stringParam(params, 'protocolVersion'), { info: clientInfo(params), capabilities: objectParam(params, 'capabilities') as ClientCapabilities }),
  capabilities: session.supportedCapabilities(definition.capabilities),
  serverInfo: info,
  ...(instructions !== undefined && { instructions }),
})

export const ping: Method = () => ({})

function clientInfo({ clientInfo: info }: Params): Implementation {
  if (!isImplementation(info)) throw new InvalidParamsError('"clientInfo" must have a "name" and a "version"')
  return info
}

export const isImplementation = (value: unknown): value is Implementation & Record<string, unknown> =>
  isObject(value) && typeof value.name === 'string' && typeof value.version === 'string'
