/** The legacy era, revisions 2024-11-05 to 2025-11-25, which has sessions: its methods, and how it encodes results and errors. */
import { InvalidRequestError, RpcError } from '../jsonrpc/rpc-errors.ts'
import { initialize, ping, type OpenableSession } from '../methods/lifecycle.ts'
import { setLogLevel, type LoggedSession } from '../methods/logging.ts'
import type { MethodEntry } from '../methods/method.ts'
import { subscribe, unsubscribe, type SubscribingSession } from '../methods/subscriptions.ts'
import { McpErrorCode } from '../protocol/mcp-error-codes.ts'
import { MissingCapabilityError, ResourceNotFoundError } from '../protocol/mcp-errors.ts'
import { projectResult } from '../protocol/projection.ts'
import type { InputRequests } from '../protocol/types/input-types.ts'
import type { Context, EndingSession } from '../context/context.ts'
import { acceptResponses, nextRound } from '../context/replay-state.ts'
import type { Era } from './era.ts'
import { sharedMethods } from './shared-methods.ts'

/** The part of a session that legacy methods use. */
export interface SessionHandle extends OpenableSession, LoggedSession, SubscribingSession, Partial<EndingSession> {
  /** The id of the session in log lines. */
  readonly id?: string | undefined
  /** Sends all input requests to the client at once. Resolves with the responses by name. A request that the client rejected, or did not answer in time, resolves to an error. */
  ask(inputRequests: InputRequests, ctx: Context<SessionHandle>): Promise<Record<string, unknown>>
}

export const legacy: Era<SessionHandle> = {
  methods: new Map<string, MethodEntry<SessionHandle>>([
    ...sharedMethods,
    ['initialize', { run: initialize }],
    ['ping', { run: ping }],
    ['logging/setLevel', { run: setLogLevel }],
    ['resources/subscribe', { capability: 'resources', run: subscribe }],
    ['resources/unsubscribe', { capability: 'resources', run: unsubscribe }],
  ]),
  resume: (_server, _request, ctx) => ctx,
  /** The session sends the input requests to the client, and then the handler runs again with the responses. */
  async requestInput(_server, _request, ctx, required) {
    const { replayState } = ctx
    nextRound(replayState, required)
    acceptResponses(replayState, await ctx.session.ask(required.inputRequests ?? {}, ctx))
    return ctx.recall(replayState)
  },
  encodeResult: (result, { method, params }, { definition }, revision) => {
    const called = method === 'tools/call' ? definition.tools.get(String(params?.name)) : undefined
    return projectResult(result, method, revision, called?.output?.json)
  },
  encodeError: (error, { cannotAsk }) => {
    if (error instanceof ResourceNotFoundError) return new RpcError(McpErrorCode.ResourceNotFound, error.message, { data: error.data })
    if (!(error instanceof MissingCapabilityError)) return error
    // If the connection cannot carry requests to the client, the capabilities of the client are not the cause.
    return cannotAsk === undefined ? new InvalidRequestError(error.message, { data: error.data }) : new InvalidRequestError(cannotAsk, { data: { reason: 'cannot_ask' } })
  },
  // The legacy era has no error code for a missing capability. A tool error lets the model read which one is missing.
  isToolResult: (error) => error instanceof MissingCapabilityError,
}
