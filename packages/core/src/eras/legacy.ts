/** The stateful era, revisions 2024-11-05 to 2025-11-25: its methods, and how it spells results and errors. */
import { follow, type Awaitable } from '../jsonrpc/awaitable.ts'
import { InvalidRequestError, isRpcError, RpcError } from '../jsonrpc/errors.ts'
import type { Result } from '../jsonrpc/message.ts'
import { initialize, ping, type OpenableSession } from '../methods/lifecycle.ts'
import { setLogLevel, type LoggedSession } from '../methods/logging.ts'
import type { Method } from '../methods/method.ts'
import { subscribe, unsubscribe, type SubscribingSession } from '../methods/subscriptions.ts'
import { McpErrorCode } from '../protocol/error-codes.ts'
import { MissingCapabilityError, ResourceNotFoundError } from '../protocol/errors.ts'
import { projectResult } from '../protocol/projection.ts'
import type { InputRequests, InputRequiredResult } from '../protocol/types/input.ts'
import type { Context, EndingSession } from '../server/context.ts'
import { isInputRequired } from '../server/input.ts'
import { acceptResponses, nextRound } from '../server/replay.ts'
import { toolError } from '../server/tool-result.ts'
import type { Era } from './era.ts'
import { ASKING_METHODS, needs, sharedMethods } from './shared.ts'

/** What legacy methods may ask of the session they run in. */
export interface SessionHandle extends OpenableSession, LoggedSession, SubscribingSession, Partial<EndingSession> {
  /** Its name in the log. */
  readonly id?: string | undefined
  /** Sends the client all input requests at once. Resolves with the responses by name; an error stands for one that it refused or did not give in time. */
  ask(questions: InputRequests, ctx: Context<SessionHandle>): Promise<Record<string, unknown>>
}

/** A legacy client cannot repeat a request with responses, so the session sends it the input requests, and the method is called again. */
const askingTheClient =
  (name: string, method: Method): Method<SessionHandle> =>
  (server, params, ctx) => {
    const run = (current: Context<SessionHandle>): Awaitable<Result> =>
      follow(
        () => method(server, params, current),
        (result) => (isInputRequired(result) ? ask(current, result).then(run) : result),
        (thrown) => {
          const error = orWhyNot(thrown, ctx)
          // This era has no error for it. The model can read what is missing.
          if (name === 'tools/call' && (error !== thrown || isMissingCapability(error))) return toolError((error as Error).message)
          throw error
        },
      )
    return run(ctx)
  }

const isMissingCapability = (error: unknown): boolean => isRpcError(error) && error instanceof MissingCapabilityError

/** Where it is the connection that cannot carry requests to the client, the client's capabilities are not at fault. */
const orWhyNot = (error: unknown, { cannotAsk }: Context<SessionHandle>): unknown =>
  cannotAsk !== undefined && isMissingCapability(error) ? new InvalidRequestError(cannotAsk, { data: { reason: 'cannot_ask' } }) : error

/** Resolves with the context of the next run. */
async function ask(ctx: Context<SessionHandle>, result: InputRequiredResult): Promise<Context<SessionHandle>> {
  const { memory } = ctx
  nextRound(memory, result)
  acceptResponses(memory, await ctx.session.ask(result.inputRequests ?? {}, ctx))
  return ctx.recall(memory)
}

export const legacy: Era<SessionHandle> = {
  methods: new Map<string, Method<SessionHandle>>([
    ...sharedMethods.map(([name, method]) => [name, ASKING_METHODS.has(name) ? askingTheClient(name, method) : method] as const),
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
  encodeError: (error) => {
    if (error instanceof ResourceNotFoundError) return new RpcError(McpErrorCode.ResourceNotFound, error.message, { data: error.data })
    if (error instanceof MissingCapabilityError) return new InvalidRequestError(error.message, { data: error.data })
    return error
  },
}
