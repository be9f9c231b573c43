/** The stateful era, revisions 2024-11-05 to 2025-11-25: its methods, and how it spells results and errors. */
import { RpcError } from '../jsonrpc/errors.ts'
import { initialize, ping, type OpenableSession } from '../methods/lifecycle.ts'
import { setLogLevel, type LoggedSession } from '../methods/logging.ts'
import type { Method } from '../methods/method.ts'
import { subscribe, unsubscribe, type SubscribingSession } from '../methods/subscriptions.ts'
import { ResourceNotFoundError } from '../protocol/errors.ts'
import { projectResult } from '../protocol/projection.ts'
import type { Era } from './era.ts'
import { needs, sharedMethods } from './shared.ts'

/** What legacy methods may ask of the session they run in. */
export interface SessionHandle extends OpenableSession, LoggedSession, SubscribingSession {}

const RESOURCE_NOT_FOUND = -32002

export const legacy: Era<SessionHandle> = {
  methods: new Map<string, Method<SessionHandle>>([
    ...sharedMethods,
    ['initialize', initialize],
    ['ping', ping],
    ['logging/setLevel', setLogLevel],
    ['resources/subscribe', needs('resources', 'resources/subscribe', subscribe)],
    ['resources/unsubscribe', needs('resources', 'resources/unsubscribe', unsubscribe)],
  ]),
  encodeResult: (result, { method, params }, { definition }, revision) => {
    const called = method === 'tools/call' ? definition.tools.get(String(params?.name)) : undefined
    return projectResult(result, method, revision, called?.output?.json)
  },
  encodeError: (error) => (error instanceof ResourceNotFoundError ? new RpcError(RESOURCE_NOT_FOUND, error.message, { data: error.data }) : error),
}
