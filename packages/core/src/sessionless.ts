/** The legacy front door for servers that keep no sessions: each request stands alone, and is promised nothing that only a session can keep. */
import { dispatch } from './dispatch.ts'
import { legacy, type SessionHandle } from './eras/legacy.ts'
import type { Awaitable } from './jsonrpc/awaitable.ts'
import { InternalError, MethodNotFoundError } from './jsonrpc/errors.ts'
import type { Exchange } from './jsonrpc/exchange.ts'
import type { RequestMessage, ResponseMessage } from './jsonrpc/message.ts'
import { UNKNOWN_CLIENT } from './protocol/capabilities.ts'
import { metaOf, negotiate, type LegacyRevision } from './protocol/revisions.ts'
import type { AuthInfo, ServerCapabilities } from './protocol/types/base.ts'
import { LIST_NAMES } from './server/changes.ts'
import { Context } from './server/context.ts'
import type { Definition, ServerDefinition } from './server/definition.ts'

/** Nobody is there to be told of a change, of a log message, or to be asked. */
const NO_SESSION: SessionHandle = {
  open: negotiate,
  keeps: ({ logging: _, ...offered }) => Object.fromEntries(Object.entries(offered).map(([name, value]) => [name, withoutPromises(value)])) as ServerCapabilities,
  setLogLevel: () => refuse('logging/setLevel'),
  subscribe: () => refuse('resources/subscribe'),
  unsubscribe: () => refuse('resources/unsubscribe'),
  ask: () => Promise.reject(new InternalError({ cause: new Error('A client without a session was asked') })),
}

const NO_SESSIONS = "This server keeps no sessions (sessions: 'stateless'), so it cannot request input from clients of 2025-11-25 or earlier: serve it with sessions, or connect with a client of 2026-07-28"

/** `revision` is what the request says, since no handshake has. Never throws. */
export function serveAlone(server: ServerDefinition, request: RequestMessage, revision: LegacyRevision, exchange: Exchange, auth: AuthInfo | undefined): Awaitable<ResponseMessage> {
  return dispatch(server, legacy, request, new Context({ id: request.id, revision, client: UNKNOWN_CLIENT, auth, meta: metaOf(request), logLevel: undefined, exchange, session: NO_SESSION, cannotAsk: NO_SESSIONS }))
}

/** What clients of this front door will miss of what the server offers, in words. */
export function missesWithoutSessions(server: ServerDefinition): string[] {
  const offer = offerOf(server)
  const lists = LIST_NAMES.filter((list) => !offer || offer.capabilities[list])
  return [
    ...(lists.length > 0 ? [`news of changes to ${lists.join(', ')}`] : []),
    ...(!offer || offer.resources.size + offer.templates.size > 0 ? ['subscriptions to resources'] : []),
    'log messages of handlers',
    'questions of handlers (elicit, sample, roots)',
  ]
}

/** Undefined while it is not known, as of a proxy that has not begun. */
function offerOf(server: ServerDefinition): Definition | undefined {
  try {
    return server.definition
  } catch {
    return undefined
  }
}

const withoutPromises = (capability: unknown): object => {
  const { listChanged: _, subscribe: __, ...kept } = capability as Record<string, unknown>
  return kept
}

function refuse(method: string): never {
  throw new MethodNotFoundError(method)
}
