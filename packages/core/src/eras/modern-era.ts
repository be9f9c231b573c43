/** The modern era, revision 2026-07-28, which has no sessions: its methods, and how it encodes results. */
import { chain } from '../util/awaitable.ts'
import { InternalError } from '../jsonrpc/rpc-errors.ts'
import { discover } from '../methods/discovery.ts'
import type { Method } from '../methods/method.ts'
import { objectParam, optionalParam } from '../methods/params.ts'
import { sharedPart } from '../methods/shared-results.ts'
import { listen } from '../methods/subscriptions.ts'
import { META } from '../protocol/revisions.ts'
import { LIST_OF_METHOD } from '../protocol/lists.ts'
import type { Meta } from '../protocol/types/base-types.ts'
import { principalOf } from '../definition/access.ts'
import { isInputRequired } from '../context/input-requests.ts'
import { acceptResponses, nextRound } from '../context/replay-state.ts'
import type { Era } from './era.ts'
import { METHODS_WITH_INPUT, sharedMethods } from './shared-methods.ts'

// These results must state how long, and for whom, they may be cached. The results of `resources/read` must, too: their method adds the hints.
const CACHEABLE = new Set(['server/discover', ...LIST_OF_METHOD.keys()])

/** Runs a method that may need input. Input requests become the result, and the client repeats the request with its responses and the sealed `requestState`. */
const withMultiRoundTrip =
  (name: string, method: Method): Method =>
  (server, params, ctx) => {
    const binding = () => ({ server: server.info.name, principal: principalOf(ctx.auth), method: name, params })
    return chain(
      () => (optionalParam(params, 'requestState') === undefined ? ctx : server.seal.open(params.requestState, binding()).then((replayState) => ctx.recall(replayState))),
      (run) => {
        if (optionalParam(params, 'inputResponses') !== undefined) acceptResponses(run.replayState, objectParam(params, 'inputResponses'))
        return chain(
          () => method(server, params, run),
          (result) => {
            if (!isInputRequired(result)) return result
            nextRound(run.replayState, result)
            return server.seal.seal(run.replayState, binding()).then((requestState) => ({ ...result, requestState }))
          },
        )
      },
    )
  }

export const modern: Era<undefined> = {
  methods: new Map<string, Method>([
    ...sharedMethods.map(([name, method]) => [name, METHODS_WITH_INPUT.has(name) ? withMultiRoundTrip(name, method) : method] as const),
    ['server/discover', discover],
    ['subscriptions/listen', listen],
  ]),
  encodeResult: (result, { method }, { info, definition }) => {
    const { resultType = 'complete', _meta } = result as { resultType?: unknown; _meta?: Meta }
    if (resultType !== 'complete' && !isInputRequired(result)) throw new InternalError({ cause: new Error(`A handler returned the unknown resultType ${JSON.stringify(resultType)}`) })
    return {
      resultType,
      ...(CACHEABLE.has(method) && definition.cacheHints),
      ...result,
      _meta: _meta ? { [META.serverInfo]: info, ..._meta } : sharedPart(info, () => ({ [META.serverInfo]: info })),
    }
  },
  encodeError: (error) => error,
}
