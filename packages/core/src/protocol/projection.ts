/** Converts results and input requests to a legacy revision: members that came later are left out, and newer kinds of content become older ones. */
import { isObject } from '../util/is-object.ts'
import { has } from './features.ts'
import { asProperty } from './json-schema.ts'
import { withPortableTuples } from './portable-tuples.ts'
import { LEGACY_REVISIONS, META, MODERN_REVISIONS, type Revision } from './revisions.ts'
import type { InputRequest, SamplingContent } from './types/input-types.ts'
import type { JsonSchema } from './types/tool-types.ts'

type Shape = Record<string, unknown>

const R2 = '2025-03-26'
const R3 = '2025-06-18'
const R4 = '2025-11-25'
const NEVER = '9999-12-31' // Members of the modern era only.

/** For each shape, the members that came after 2024-11-05, with the revision that introduced them. */
const SINCE = {
  result: { ttlMs: NEVER, cacheScope: NEVER, resultType: NEVER },
  capabilities: { completions: R2 },
  implementation: { title: R3, icons: R4, description: R4, websiteUrl: R4 },
  tool: { annotations: R2, title: R3, outputSchema: R3, _meta: R3, icons: R4 },
  described: { title: R3, _meta: R3, icons: R4 },
  promptArgument: { title: R3 },
  block: { title: R3, _meta: R3, icons: R4 },
  annotations: { lastModified: R3 },
  progress: { message: R2 },
} as const satisfies Record<string, Readonly<Record<string, string>>>

/** Explains which part of an input request the revision cannot express, and what to use instead. Returns undefined if the revision can express the request. */
export function inexpressible({ method, params }: InputRequest, revision: Revision): string | undefined {
  if (method === 'sampling/createMessage') {
    if (has(revision, 'richSampling') || params.messages.every(({ content }) => isEarlySampling(content))) return undefined
    return `The client speaks revision ${revision}. A sampling message in this revision must be one block of text, image or audio: no lists, tool calls or tool results`
  }
  if (method !== 'elicitation/create' || params.mode === 'url' || has(revision, 'richForms')) return undefined
  const several = fieldsOf(params.requestedSchema).find(([, { type }]) => type === 'array')
  return several && `Form field ${JSON.stringify(several[0])} is a multiple choice, which the client's revision ${revision} does not support. Use a boolean field for each value`
}

/** Converts the params of an input request to the revision. Check the request with `inexpressible` first. */
export function projectInputRequest({ method, params }: InputRequest, revision: Revision, id: () => string): Shape {
  if (method !== 'elicitation/create') return { ...params }
  if (params.mode === 'url') return { elicitationId: id(), ...params } // A proxied request already has the elicitation id of its upstream.
  if (has(revision, 'richForms')) return { ...params }
  const { mode: _, requestedSchema, ...rest } = params
  const fields = fieldsOf(requestedSchema)
  return { ...rest, requestedSchema: { ...requestedSchema, properties: Object.fromEntries(fields.map(([name, field]) => [name, projectField(field)])) } }
}

const fieldsOf = ({ properties = {} }: JsonSchema): [string, Shape][] => Object.entries(properties as Record<string, Shape>)

/** Up to 2025-06-18, the content of a sampling message was a single block of text, image or audio. */
const isEarlySampling = (content: SamplingContent | SamplingContent[]): boolean => !Array.isArray(content) && content.type !== 'tool_use' && content.type !== 'tool_result'

/** Up to 2025-06-18, forms used `enumNames` for the titles of choices, and only booleans had a default. */
function projectField({ oneOf, default: preset, ...field }: Shape): Shape {
  const choices = Array.isArray(oneOf) ? (oneOf as { const: string; title: string }[]) : undefined
  return {
    ...field,
    ...(choices && { enum: choices.map((choice) => choice.const), enumNames: choices.map((choice) => choice.title) }),
    ...(field.type === 'boolean' && preset !== undefined && { default: preset }),
  }
}

/** Old clients ignore unknown members, but fail on unknown kinds of content. Each newer kind has a replacement. */
const CONTENT: Readonly<Record<string, { since: string; instead: (block: Shape) => Shape }>> = {
  audio: { since: R2, instead: ({ type: _, data, mimeType, ...rest }) => ({ type: 'resource', resource: { uri: 'data:,audio', mimeType, blob: data }, ...rest }) },
  resource_link: { since: R3, instead: ({ name, uri, annotations }) => ({ type: 'text', text: `${name}: ${uri}`, ...(annotations !== undefined && { annotations }) }) },
}

type Projection = (result: Shape, revision: Revision, outputSchema: JsonSchema | undefined) => Shape

const PROJECTIONS: ReadonlyMap<string, Projection> = new Map<string, Projection>([
  ['initialize', projectHandshake],
  ['tools/list', (result, revision) => ({ ...result, tools: each(result.tools, (tool) => projectTool(tool, revision)) })],
  ['tools/call', projectToolResult],
  ['resources/list', (result, revision) => ({ ...result, resources: each(result.resources, (item) => projectDescribed(item, revision)) })],
  ['resources/templates/list', (result, revision) => ({ ...result, resourceTemplates: each(result.resourceTemplates, (item) => projectDescribed(item, revision)) })],
  ['resources/read', (result, revision) => ({ ...result, contents: each(result.contents, (item) => strip('block', item, revision)) })],
  ['prompts/list', (result, revision) => ({ ...result, prompts: each(result.prompts, (prompt) => projectPrompt(prompt, revision)) })],
  ['prompts/get', (result, revision) => ({ ...result, messages: each(result.messages, (message) => ({ ...message, content: projectBlock(message.content as Shape, revision) })) })],
])

/** Converts the result of a method to the revision. `outputSchema` is the schema of the called tool. */
export function projectResult(result: object, method: string, revision: Revision, outputSchema?: JsonSchema): object {
  const stripped = withoutServerInfo(strip('result', result, revision))
  return PROJECTIONS.get(method)?.(stripped, revision, outputSchema) ?? stripped
}

/** Removes the server info from `_meta`. Only modern results have it, so it gets here from a modern upstream of a proxy. */
function withoutServerInfo(result: Shape): Shape {
  const { _meta } = result
  if (!isObject(_meta) || !(META.serverInfo in _meta)) return result
  const { [META.serverInfo]: _, ...kept } = _meta
  const { _meta: _all, ...rest } = result
  return Object.keys(kept).length > 0 ? { ...rest, _meta: kept } : rest
}

/** The revision is the one that this `initialize` result announces. */
function projectHandshake(result: Shape): Shape {
  const revision = result.protocolVersion as Revision
  return { ...result, capabilities: strip('capabilities', result.capabilities, revision), serverInfo: strip('implementation', result.serverInfo, revision) }
}

/** Converts the params of `notifications/progress` to the revision. */
export const projectProgress = (params: Shape, revision: Revision): Shape => strip('progress', params, revision)

/** In the legacy era, structured content must be an object. Any other value is wrapped as `{ result: value }`, and `projectTool` wraps the output schema in the same way. */
function projectToolResult(result: Shape, revision: Revision, outputSchema: JsonSchema | undefined): Shape {
  const content = FEWER_BLOCKS.has(revision) ? each(result.content, (block) => projectBlock(block, revision)) : result.content
  if (result.structuredContent === undefined) return content === result.content ? result : { ...result, content }
  const { structuredContent, ...rest } = result
  const isWhole = outputSchema ? isObjectSchema(outputSchema) : isObject(structuredContent)
  return { ...rest, content, ...(has(revision, 'structuredContent') && { structuredContent: isWhole ? structuredContent : { result: structuredContent } }) }
}

function projectTool(tool: Shape, revision: Revision): Shape {
  const { inputSchema, outputSchema, ...rest } = strip('tool', tool, revision)
  const projected = { ...rest, inputSchema: isObject(inputSchema) ? withPortableTuples(inputSchema) : inputSchema }
  if (!isObject(outputSchema)) return projected
  const portable = withPortableTuples(outputSchema)
  if (isObjectSchema(portable)) return { ...projected, outputSchema: portable }
  return { ...projected, outputSchema: { type: 'object', properties: { result: asProperty(portable, 'result') }, required: ['result'] } }
}

function projectPrompt(prompt: Shape, revision: Revision): Shape {
  const projected = projectDescribed(prompt, revision)
  return projected.arguments === undefined ? projected : { ...projected, arguments: each(projected.arguments, (argument) => strip('promptArgument', argument, revision)) }
}

const projectDescribed = (item: Shape, revision: Revision): Shape => withAnnotations(strip('described', item, revision), revision)

function projectBlock(block: Shape, revision: Revision): Shape {
  const kind = CONTENT[block.type as string]
  const known = strip('block', kind && revision < kind.since ? kind.instead(block) : block, revision)
  const embedded = isObject(known.resource) ? { ...known, resource: strip('block', known.resource, revision) } : known
  return withAnnotations(embedded, revision)
}

const withAnnotations = (shape: Shape, revision: Revision): Shape =>
  isObject(shape.annotations) ? { ...shape, annotations: strip('annotations', shape.annotations, revision) } : shape

const REVISIONS: readonly Revision[] = [...LEGACY_REVISIONS, ...MODERN_REVISIONS]

/** For each shape and revision, the members that came later. */
const LATER = Object.fromEntries(
  Object.entries(SINCE).map(([kind, since]) => [kind, new Map(REVISIONS.map((revision) => [revision, Object.entries(since).flatMap(([member, first]) => (revision < first ? [member] : []))]))]),
) as unknown as Readonly<Record<keyof typeof SINCE, ReadonlyMap<Revision, readonly string[]>>>

/** The revisions that need some content blocks converted. */
const FEWER_BLOCKS: ReadonlySet<Revision> = new Set(
  REVISIONS.filter((revision) => Object.values(CONTENT).some(({ since }) => revision < since) || (['block', 'annotations'] as const).some((kind) => LATER[kind].get(revision)?.length)),
)

/** Removes the members that came after the revision. Returns the same object if it has none of them, as most do. */
function strip(kind: keyof typeof SINCE, value: unknown, revision: Revision): Shape {
  const shape = value as Shape
  const later = LATER[kind].get(revision) ?? []
  for (const member of later) if (member in shape) return Object.fromEntries(Object.entries(shape).filter(([name]) => !later.includes(name)))
  return shape
}

const each = (items: unknown, project: (item: Shape) => Shape): Shape[] => (items as Shape[]).map(project)

const isObjectSchema = ({ type }: JsonSchema): boolean => type === 'object'
