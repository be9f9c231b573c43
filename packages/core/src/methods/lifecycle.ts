/** `initialize` and `ping`: the handshake of the legacy era, and its sign of life. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { LegacyRevision } from '../protocol/revisions.ts'
import type { ClientCapabilities, ClientDescription, Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import type { Method } from './method.ts'
import { objectParam, stringParam } from './params.ts'

/** What the handshake asks of the session it opens. */
export interface OpenableSession {
  /** Settles the revision. Restarts a session that is open already. */
  open(requestedRevision: string, client: ClientDescription): LegacyRevision
  /** What it can keep of what the server offers. */
  keeps(offered: ServerCapabilities): ServerCapabilities
}

export const initialize: Method<OpenableSession> = ({ info, instructions, definition }, params, { session }) => ({
  protocolVersion: session.open(stringParam(params, 'protocolVersion'), { info: clientInfo(params), capabilities: objectParam(params, 'capabilities') as ClientCapabilities }),
  capabilities: session.keeps(definition.capabilities),
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
