/** Lists the methods that both eras have. */
import { complete } from '../methods/completion.ts'
import type { MethodEntry } from '../methods/method.ts'
import { getPrompt, listPrompts } from '../methods/prompts.ts'
import { listResources, listResourceTemplates, readResource } from '../methods/resources.ts'
import { callTool, listTools } from '../methods/tools.ts'

export const sharedMethods: readonly (readonly [name: string, method: MethodEntry])[] = [
  ['tools/list', { capability: 'tools', run: listTools }],
  ['tools/call', { capability: 'tools', call: callTool }],
  ['resources/list', { capability: 'resources', run: listResources }],
  ['resources/templates/list', { capability: 'resources', run: listResourceTemplates }],
  ['resources/read', { capability: 'resources', call: readResource }],
  ['prompts/list', { capability: 'prompts', run: listPrompts }],
  ['prompts/get', { capability: 'prompts', call: getPrompt }],
  ['completion/complete', { capability: 'completions', run: complete }],
]
