/** Serves legacy clients without sessions (`sessions: 'none'`). Features that need a session are not offered. */
import { dispatch } from './dispatch.ts'
import { legacy, type SessionHandle } from '../eras/legacy-era.ts'
import type { Awaitable } from '../util/awaitable.ts'
import { InternalError, MethodNotFoundError } from '../jsonrpc/rpc-errors.ts'
import type { Exchange } from '../jsonrpc/incoming-requests.ts'
import type { RequestMessage, ResponseMessage } from '../jsonrpc/message.ts'
import { UNKNOWN_CLIENT } from '../protocol/capabilities.ts'
import { metaOf, negotiate, type LegacyRevision } from '../protocol/revisions.ts'
import type { AuthInfo, ServerCapabilities } from '../protocol/types/base-types.ts'
import { LIST_NAMES } from '../protocol/lists.ts'
import { Context } from '../context/context.ts'
import type { Definition, ServerDefinition } from '../definition/server-definition.ts'

/** Replaces the session: changes and log messages cannot be sent, and input cannot be requested. */
const NO_SESSION: SessionHandle = {
  open: negotiate,
  supportedCapabilities: ({ logging: _, ...offered }) => Object.fromEntries(Object.entries(offered).map(([name, value]) => [name, withoutListChanged(value)])) as ServerCapabilities,
  setLogLevel: () => refuse('logging/setLevel'),
  subscribe: () => refuse('resources/subscribe'),
  unsubscribe: () => refuse('resources/unsubscribe'),
  ask: () => Promise.reject(new InternalError({ cause: new Error('A request was sent to a client without a session') })),
}

const NO_SESSIONS = "This server keeps no sessions (sessions: 'none'), so it cannot request input from legacy clients. Enable sessions, or connect with protocol 2026-07-28"

/** `revision` is the one that the request names, because there was no handshake. Never throws. */
export function serveWithoutSession(server: ServerDefinition, request: RequestMessage, revision: LegacyRevision, exchange: Exchange, auth: AuthInfo | undefined): Awaitable<ResponseMessage> {
  return dispatch(server, legacy, request, new Context({ id: request.id, revision, client: UNKNOWN_CLIENT, auth, meta: metaOf(request), logLevel: undefined, exchange, session: NO_SESSION, cannotAsk: NO_SESSIONS }))
}

/** Returns the features of the server that are not available to these clients, as phrases for a log line. */
export function missesWithoutSessions(server: ServerDefinition): string[] {
  const offer = offerOf(server)
  const lists = LIST_NAMES.filter((list) => !offer || offer.capabilities[list])
  return [
    ...(lists.length > 0 ? [`changes to ${lists.join(', ')}`] : []),
    ...(!offer || offer.resources.size + offer.templates.size > 0 ? ['resource subscriptions'] : []),
    'log messages from handlers',
    'input requests from handlers (elicit, sample, roots)',
  ]
}

/** Returns undefined if the definition is not known yet, for example of a proxy before it has connected. */
function offerOf(server: ServerDefinition): Definition | undefined {
  try {
    return server.definition
  } catch {
    return undefined
  }
}

const withoutListChanged = (capability: unknown): object => {
  const { listChanged: _, subscribe: __, ...kept } = capability as Record<string, unknown>
  return kept
}

function refuse(method: string): never {
  throw new MethodNotFoundError(method)
}
