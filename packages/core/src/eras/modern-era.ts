/** The modern era, revision 2026-07-28, which has no sessions: its methods, and how it encodes results. */
import { InternalError } from '../jsonrpc/rpc-errors.ts'
import type { Params, RequestMessage } from '../jsonrpc/message.ts'
import { discover } from '../methods/discovery.ts'
import type { MethodEntry } from '../methods/method.ts'
import { objectParam, optionalParam } from '../methods/params.ts'
import { sharedPart } from '../methods/result-json.ts'
import { listen } from '../methods/subscriptions.ts'
import { META } from '../protocol/revisions.ts'
import { LIST_OF_METHOD } from '../protocol/lists.ts'
import type { AuthInfo, Meta } from '../protocol/types/base-types.ts'
import { principalOf } from '../definition/access.ts'
import type { Context } from '../context/context.ts'
import { isInputRequired } from '../definition/brand.ts'
import { acceptResponses, nextRound } from '../context/replay-state.ts'
import type { Binding } from '../context/request-state.ts'
import type { ServerDefinition } from '../definition/server-definition.ts'
import type { Era } from './era.ts'
import { sharedMethods } from './shared-methods.ts'

// These results must state how long, and for whom, they may be cached. The results of `resources/read` must, too: their method adds the hints.
const CACHEABLE = new Set(['server/discover', ...LIST_OF_METHOD.keys()])

/** What the encrypted state of a request is bound to. Other requests cannot use it. */
const bindingOf = ({ info }: ServerDefinition, { method, params = {} }: RequestMessage, auth: AuthInfo | undefined): Binding => ({ server: info.name, principal: principalOf(auth), method, params })

async function recall(server: ServerDefinition, request: RequestMessage, params: Params, ctx: Context): Promise<Context> {
  const recalled = optionalParam(params, 'requestState') === undefined ? ctx : ctx.recall(await server.seal.open(params.requestState, bindingOf(server, request, ctx.auth)))
  if (optionalParam(params, 'inputResponses') !== undefined) acceptResponses(recalled.replayState, objectParam(params, 'inputResponses'))
  return recalled
}

export const modern: Era<undefined> = {
  methods: new Map<string, MethodEntry>([
    ...sharedMethods,
    ['server/discover', { run: discover }],
    ['subscriptions/listen', { run: listen }],
  ]),
  /** The client repeats a request with its responses and the encrypted `requestState`. */
  resume(server, request, ctx) {
    const { params = {} } = request
    const isFirst = optionalParam(params, 'requestState') === undefined && optionalParam(params, 'inputResponses') === undefined
    return isFirst ? ctx : recall(server, request, params, ctx)
  },
  /** The input requests become the result. */
  async requestInput(server, request, { replayState, auth }, required) {
    nextRound(replayState, required)
    return { ...required, requestState: await server.seal.seal(replayState, bindingOf(server, request, auth)) }
  },
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
  isToolResult: () => false,
}
