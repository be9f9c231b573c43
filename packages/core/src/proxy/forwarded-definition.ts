/** Builds the definition of a proxy: the upstream's lists, with handlers that forward each request. */
import { isObject } from '../util/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import type { ServerCapabilities } from '../protocol/types/base-types.ts'
import type { PromptDescription } from '../protocol/types/prompt-types.ts'
import type { ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resource-types.ts'
import type { JsonSchema, ToolDescription } from '../protocol/types/tool-types.ts'
import { NO_CACHE } from '../definition/cache-hints.ts'
import type { AnyCompleter, CompletionValues } from '../definition/completer.ts'
import { brand } from '../definition/brand.ts'
import type { RequestContext } from '../context/context.ts'
import type { Definition } from '../definition/server-definition.ts'
import { normalizeUri } from '../definition/normalize-uri.ts'
import { paramHeadersOf, type ParamHeader } from '../definition/param-headers.ts'
import type { Prompt } from '../definition/prompt.ts'
import type { Resource, ResourceTemplate } from '../definition/resource.ts'
import type { CompiledSchema } from '../schema/compile-schema.ts'
import type { Tool } from '../definition/tool.ts'

export interface Lists {
  readonly tools: readonly ToolDescription[]
  readonly resources: readonly ResourceDescription[]
  readonly templates: readonly ResourceTemplateDescription[]
  readonly prompts: readonly PromptDescription[]
}

/**
 * Removes task support, because tasks differ between revisions and are not forwarded. Tools that run only as tasks are removed;
 * other tools lose their `execution` member and are called without tasks. `onOmitted` receives the names of the removed tools.
 */
export function withoutTasks(lists: Lists, onOmitted: (tools: readonly string[]) => void): Lists {
  const omitted: string[] = []
  const tools = lists.tools.flatMap((tool) => {
    const { execution, ...rest } = tool as ToolDescription & { execution?: unknown }
    if (!isObject(execution) || execution.taskSupport !== 'required') return [execution === undefined ? tool : rest]
    omitted.push(tool.name)
    return []
  })
  if (omitted.length > 0) onOmitted(omitted)
  return { ...lists, tools }
}

type Forward = (ctx: RequestContext, method: string, params: Params) => Promise<Result>

/** A schema that accepts anything, because the upstream validates its own arguments. */
const unchecked = (json: JsonSchema): CompiledSchema => ({ json, validate: (value) => ({ value }) })

export function forwardedDefinition(lists: Lists, capabilities: ServerCapabilities, forward: Forward): Definition {
  const read = ({ uri }: Record<string, string>, ctx: RequestContext): Promise<object> => forward(ctx, 'resources/read', { uri })
  const templates = lists.templates.map((description) => [description.uriTemplate, toTemplate(description, forward)] as const)
  return {
    pageSize: undefined,
    cacheHints: NO_CACHE,
    capabilities,
    lists,
    tools: new Map(lists.tools.map((description) => [description.name, toTool(description, forward)])),
    resources: new Map(lists.resources.map((description): [string, Resource] => [normalizeUri(description.uri), { description, cacheHints: NO_CACHE, isForeign: true, read: (_, ctx) => read({ uri: description.uri }, ctx) }])),
    templates: new Map([...templates, [ANY.description.uriTemplate, { ...ANY, read }]]),
    prompts: new Map(lists.prompts.map((description) => [description.name, toPrompt(description, forward)])),
  }
}

/** A catch-all template for reading resources that the upstream does not list. It is not listed itself. */
const ANY: Omit<ResourceTemplate, 'read'> = {
  description: { uriTemplate: '{+uri}', name: 'any' },
  cacheHints: NO_CACHE,
  isForeign: true,
  complete: {},
  template: { variables: ['uri'], match: (uri) => ({ uri }) },
}

function toTool(description: ToolDescription, forward: Forward): Tool {
  const { name, inputSchema, outputSchema } = description
  return {
    name,
    description,
    input: unchecked(inputSchema),
    output: outputSchema && unchecked(outputSchema),
    paramHeaders: headersOf(description),
    handler: (args, ctx) => forward(ctx, 'tools/call', { name, arguments: args }),
    isForeign: true,
  }
}

function headersOf({ inputSchema, name }: ToolDescription): ParamHeader[] {
  try {
    return paramHeadersOf(inputSchema, name)
  } catch {
    return [] // Modern clients over HTTP omit a tool with invalid header annotations themselves.
  }
}

/** Used only for completion: its `match` never succeeds, so that URIs of the template are read through the catch-all template. */
function toTemplate(description: ResourceTemplateDescription, forward: Forward): ResourceTemplate {
  const variables = [...description.uriTemplate.matchAll(/\{[+#./;?&]?([^{}]*)\}/g)].flatMap(([, list = '']) => list.split(',').map((name) => name.replace(/\*$|:\d+$/, '')))
  return {
    description,
    cacheHints: NO_CACHE,
    complete: completers(variables, { type: 'ref/resource', uri: description.uriTemplate }, forward),
    template: { variables, match: () => undefined },
    read: () => undefined,
  }
}

function toPrompt(description: PromptDescription, forward: Forward): Prompt {
  const { name } = description
  const args = description.arguments ?? []
  return {
    name,
    description,
    args: unchecked({ type: 'object' }),
    complete: completers(args.map((argument) => argument.name), { type: 'ref/prompt', name }, forward),
    isForeign: true,
    handler: (given, ctx) => forward(ctx, 'prompts/get', { name, arguments: given }),
  }
}

const completers = (names: readonly string[], ref: object, forward: Forward): Record<string, AnyCompleter> =>
  Object.fromEntries(names.map((name): [string, AnyCompleter] => [name, async (value, given, ctx) => {
    const { completion } = (await forward(ctx, 'completion/complete', { ref, argument: { name, value }, ...(Object.keys(given).length > 0 && { context: { arguments: given } }) })) as { completion: CompletionValues }
    return brand('completion', completion)
  }]))
