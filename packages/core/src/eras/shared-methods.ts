/** Lists the methods that both eras have. */
import { MethodNotFoundError } from '../jsonrpc/rpc-errors.ts'
import { complete } from '../methods/completion.ts'
import type { Method } from '../methods/method.ts'
import { getPrompt, listPrompts } from '../methods/prompts.ts'
import { listResources, listResourceTemplates, readResource } from '../methods/resources.ts'
import { callTool, listTools } from '../methods/tools.ts'
import type { ServerCapabilities } from '../protocol/types/base-types.ts'

/** Wraps a method so that it is "method not found" if the server does not offer the capability. */
export const requireCapability =
  <S>(capability: keyof ServerCapabilities, name: string, method: Method<S>): Method<S> =>
  (server, params, ctx) => {
    if (!server.definition.capabilities[capability]) throw new MethodNotFoundError(name)
    return method(server, params, ctx)
  }

const methods = [
  ['tools', 'tools/list', listTools],
  ['tools', 'tools/call', callTool],
  ['resources', 'resources/list', listResources],
  ['resources', 'resources/templates/list', listResourceTemplates],
  ['resources', 'resources/read', readResource],
  ['prompts', 'prompts/list', listPrompts],
  ['prompts', 'prompts/get', getPrompt],
  ['completions', 'completion/complete', complete],
] as const

/** The methods whose handlers may request input from the client. */
export const METHODS_WITH_INPUT: ReadonlySet<string> = new Set(['tools/call', 'resources/read', 'prompts/get'])

export const sharedMethods: readonly (readonly [name: string, method: Method])[] = methods.map(([capability, name, method]) => [name, requireCapability(capability, name, method)])
