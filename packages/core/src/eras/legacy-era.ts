/** The legacy era, revisions 2024-11-05 to 2025-11-25, which has sessions: its methods, and how it encodes results and errors. */
import { chain, type Awaitable } from '../util/awaitable.ts'
import { InvalidRequestError, isRpcError, RpcError } from '../jsonrpc/rpc-errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { initialize, ping, type OpenableSession } from '../methods/lifecycle.ts'
import { setLogLevel, type LoggedSession } from '../methods/logging.ts'
import type { Method } from '../methods/method.ts'
import { subscribe, unsubscribe, type SubscribingSession } from '../methods/subscriptions.ts'
import { McpErrorCode } from '../protocol/mcp-error-codes.ts'
import { MissingCapabilityError, ResourceNotFoundError } from '../protocol/mcp-errors.ts'
import { projectResult } from '../protocol/projection.ts'
import type { InputRequests, InputRequiredResult } from '../protocol/types/input-types.ts'
import type { Context, EndingSession } from '../context/context.ts'
import { isInputRequired } from '../context/input-requests.ts'
import { acceptResponses, nextRound } from '../context/replay-state.ts'
import { toolError } from '../definition/tool-result.ts'
import type { Era } from './era.ts'
import { METHODS_WITH_INPUT, requireCapability, sharedMethods } from './shared-methods.ts'

/** The part of a session that legacy methods use. */
export interface SessionHandle extends OpenableSession, LoggedSession, SubscribingSession, Partial<EndingSession> {
  /** The id of the session in log lines. */
  readonly id?: string | undefined
  /** Sends all input requests to the client at once. Resolves with the responses by name. A request that the client rejected, or did not answer in time, resolves to an error. */
  ask(inputRequests: InputRequests, ctx: Context<SessionHandle>): Promise<Record<string, unknown>>
}

/** Runs a method that may need input. The session sends the input requests to the client, and then the method runs again with the responses. */
const withServerRequests =
  (name: string, method: Method): Method<SessionHandle> =>
  (server, params, ctx) => {
    const run = (current: Context<SessionHandle>): Awaitable<Result> =>
      chain(
        () => method(server, params, current),
        (result) => (isInputRequired(result) ? ask(current, result).then(run) : result),
        (thrown) => {
          const error = orWhyNot(thrown, ctx)
          // The legacy era has no error code for a missing capability. A tool error lets the model read which one is missing.
          if (name === 'tools/call' && (error !== thrown || isMissingCapability(error))) return toolError((error as Error).message)
          throw error
        },
      )
    return run(ctx)
  }

const isMissingCapability = (error: unknown): boolean => isRpcError(error) && error instanceof MissingCapabilityError

/** Replaces a missing-capability error if the connection cannot carry requests to the client: then the capabilities of the client are not the cause. */
const orWhyNot = (error: unknown, { cannotAsk }: Context<SessionHandle>): unknown =>
  cannotAsk !== undefined && isMissingCapability(error) ? new InvalidRequestError(cannotAsk, { data: { reason: 'cannot_ask' } }) : error

/** Sends the input requests, and resolves with the context for the next run of the method. */
async function ask(ctx: Context<SessionHandle>, result: InputRequiredResult): Promise<Context<SessionHandle>> {
  const { replayState } = ctx
  nextRound(replayState, result)
  acceptResponses(replayState, await ctx.session.ask(result.inputRequests ?? {}, ctx))
  return ctx.recall(replayState)
}

export const legacy: Era<SessionHandle> = {
  methods: new Map<string, Method<SessionHandle>>([
    ...sharedMethods.map(([name, method]) => [name, METHODS_WITH_INPUT.has(name) ? withServerRequests(name, method) : method] as const),
    ['initialize', initialize],
    ['ping', ping],
    ['logging/setLevel', setLogLevel],
    ['resources/subscribe', requireCapability('resources', 'resources/subscribe', subscribe)],
    ['resources/unsubscribe', requireCapability('resources', 'resources/unsubscribe', unsubscribe)],
  ]),
  encodeResult: (result, { method, params }, { definition }, revision) => {
    const called = method === 'tools/call' ? definition.tools.get(String(params?.name)) : undefined
    return projectResult(result, method, revision, called?.output?.json)
  },
  encodeError: (error) => {
    if (error instanceof ResourceNotFoundError) return new RpcError(McpErrorCode.ResourceNotFound, error.message, { data: error.data })
    if (error instanceof MissingCapabilityError) return new InvalidRequestError(error.message, { data: error.data })
    return error
  },
}
