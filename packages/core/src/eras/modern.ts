/** The stateless era, revision 2026-07-28: its methods, and how it spells results. */
import { follow } from '../jsonrpc/awaitable.ts'
import { InternalError } from '../jsonrpc/errors.ts'
import { discover } from '../methods/discovery.ts'
import type { Method } from '../methods/method.ts'
import { objectParam } from '../methods/params.ts'
import { sharedPart } from '../methods/shared-results.ts'
import { listen } from '../methods/subscriptions.ts'
import { META } from '../protocol/revisions.ts'
import type { Meta } from '../protocol/types/base.ts'
import { principalOf } from '../server/access.ts'
import { isInputRequired } from '../server/input.ts'
import { acceptResponses, nextRound } from '../server/replay.ts'
import type { Era } from './era.ts'
import { ASKING_METHODS, sharedMethods } from './shared.ts'

// Like the contents of resources, these results must say for how long, and for whom, they may be kept.
const CACHEABLE = new Set(['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])

/** Input requests are the result of this request. The client repeats the request with its responses and the sealed state. */
const askingInRounds =
  (name: string, method: Method): Method =>
  (server, params, ctx) => {
    const binding = () => ({ server: server.info.name, principal: principalOf(ctx.auth), method: name, params })
    return follow(
      () => (params.requestState === undefined ? ctx : server.seal.open(params.requestState, binding()).then((memory) => ctx.recall(memory))),
      (run) => {
        if (params.inputResponses !== undefined) acceptResponses(run.memory, objectParam(params, 'inputResponses'))
        return follow(
          () => method(server, params, run),
          (result) => {
            if (!isInputRequired(result)) return result
            nextRound(run.memory, result)
            return server.seal.seal(run.memory, binding()).then((requestState) => ({ ...result, requestState }))
          },
        )
      },
    )
  }

export const modern: Era<undefined> = {
  methods: new Map<string, Method>([
    ...sharedMethods.map(([name, method]) => [name, ASKING_METHODS.has(name) ? askingInRounds(name, method) : method] as const),
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
