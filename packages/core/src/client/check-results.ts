/** Validates results from servers, which are untrusted, and rewrites known deviations from the specification. docs/compatibility.md lists what is tolerated. */
import { isObject } from '../util/is-object.ts'
import type { Result } from '../jsonrpc/message.ts'
import { ClientError, excerpt, someOf } from './client-errors.ts'

type Shape = Record<string, unknown>
/** Receives the reason why an entry was left out of a result. */
type Report = (reason: string) => void
/** Returns the value, or a repaired copy of it. Throws `Malformed` if the value cannot be used. */
type Reader = (value: unknown) => Shape

/** The reason why a result, or one entry of a list, cannot be used. */
class Malformed extends Error {}

/** Optional members that some servers send as null instead of omitting them. Null is treated as absent. */
const OPTIONAL = new Set(['_meta', 'annotations', 'arguments', 'audience', 'blob', 'cacheScope', 'content', 'description', 'destructiveHint', 'execution', 'hasMore', 'icons', 'idempotentHint', 'isError', 'lastModified', 'mimeType', 'nextCursor', 'openWorldHint', 'outputSchema', 'priority', 'readOnlyHint', 'required', 'resultType', 'size', 'title', 'total', 'ttlMs', 'websiteUrl'])
/** JSON Schema keywords that some servers send as null instead of omitting them. `default`, `const` and `enum` are not listed, because null is a valid value there. */
const KEYWORDS = new Set(['$defs', '$schema', 'additionalProperties', 'definitions', 'description', 'properties', 'required', 'title', 'type'])

function withoutNulls(value: Shape, names: ReadonlySet<string>): Shape {
  for (const name in value) {
    if (value[name] === null && names.has(name)) return Object.fromEntries(Object.entries(value).filter(([member, given]) => given !== null || !names.has(member)))
  }
  return value
}

function readObject(value: unknown): Shape {
  if (!isObject(value)) throw new Malformed(value === null ? 'it is null' : 'it is not an object')
  const whole = withoutNulls(value, OPTIONAL)
  return isObject(whole.annotations) ? replace(whole, 'annotations', withoutNulls(whole.annotations, OPTIONAL)) : whole
}

/** Copies the object only if the member changes, because a result may be shared with a server in the same process. */
const replace = (value: Shape, member: string, replacement: unknown): Shape => (value[member] === replacement ? value : { ...value, [member]: replacement })

const withStrings =
  (...names: string[]): Reader =>
  (value) => {
    const whole = readObject(value)
    const wrong = names.find((name) => typeof whole[name] !== 'string')
    if (wrong !== undefined) throw new Malformed(`"${wrong}" is not a string`)
    return whole
  }

function withObject(value: Shape, member: string): Shape {
  if (!isObject(value[member])) throw new Malformed(`"${member}" is not an object`)
  return value
}

function arrayOf(value: Shape, member: string): unknown[] {
  const items = value[member] === null ? [] : value[member]
  if (!Array.isArray(items)) throw new Malformed(`"${member}" is not an array`)
  return items
}

/** Rejects the whole result if one item of the array is invalid. */
function withAll(value: Shape, member: string, read: Reader): Shape {
  const items = arrayOf(value, member)
  const accepted = items.map((item, index) => within(`"${member}", item ${index}`, () => read(item)))
  return items === value[member] && accepted.every((item, index) => item === items[index]) ? value : { ...value, [member]: accepted }
}

/** Drops and reports invalid entries, so that one bad entry does not hide the rest of a list. */
const list =
  (member: string, read: Reader) =>
  (value: Shape, report: Report): Shape => {
    const items = arrayOf(value, member)
    let isSame = items === value[member]
    const kept: Shape[] = []
    for (const [index, item] of items.entries()) {
      try {
        const one = read(item)
        kept.push(one)
        isSame &&= one === item
      } catch (error) {
        if (!(error instanceof Malformed)) throw error
        isSame = false
        const name = isObject(item) ? (item.name ?? item.uri ?? item.uriTemplate) : undefined
        report(`"${member}", item ${index}${typeof name === 'string' ? ` (${excerpt(name, 60)})` : ''}: ${error.message}`)
      }
    }
    const { nextCursor } = value
    if (nextCursor !== undefined && typeof nextCursor !== 'string') throw new Malformed('"nextCursor" is not a string')
    return replace(value, member, isSame ? items : kept)
  }

function within<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof Malformed ? new Malformed(`${where}: ${error.message}`) : error
  }
}

function readTool(value: unknown): Shape {
  const tool = withObject(withStrings('name')(value), 'inputSchema')
  const whole = replace(tool, 'inputSchema', readInputSchema(withoutNulls(tool.inputSchema as Shape, KEYWORDS)))
  return whole.outputSchema === undefined ? whole : replace(whole, 'outputSchema', withoutNulls(withObject(whole, 'outputSchema').outputSchema as Shape, KEYWORDS))
}

/** Adds a missing `type: 'object'`, since arguments are always an object. Without it, clients built on the official SDK reject the whole list. */
function readInputSchema(schema: Shape): Shape {
  const { type } = schema
  if (type === 'object') return schema
  if (type !== undefined && !(Array.isArray(type) && type.includes('object'))) throw new Malformed(`the "type" of "inputSchema" is ${JSON.stringify(type)}, not "object"`)
  return { ...schema, type: 'object' }
}

/** Fills in a missing name from the title or the URI. Clients built on the official SDK reject a whole list if one entry has no name. */
const readNamed =
  (member: string): Reader =>
  (value) => {
    const { name, ...rest } = withStrings(member)(value)
    return typeof name === 'string' ? readObject(value) : { ...rest, name: rest.title ?? rest[member] }
  }

function readPrompt(value: unknown): Shape {
  const prompt = withStrings('name')(value)
  return prompt.arguments === undefined ? prompt : withAll(prompt, 'arguments', withStrings('name'))
}

/** Accepts `text: null`, which some servers send for an empty file. */
function readContents(value: unknown): Shape {
  const { text, ...rest } = withStrings('uri')(value)
  if (typeof rest.blob === 'string') return text === null ? rest : readObject(value)
  if (text === null) return { ...rest, text: '' }
  if (typeof text !== 'string') throw new Malformed('it has neither "text" nor "blob"')
  return readObject(value)
}

/** Blocks of an unknown type are accepted, because later revisions may add types. */
const BLOCKS: Readonly<Record<string, (block: Shape) => Shape>> = {
  text: (block) => withStrings('text')(block.text === null ? { ...block, text: '' } : block),
  image: withStrings('data', 'mimeType'),
  audio: withStrings('data', 'mimeType'),
  resource_link: withStrings('uri'),
  resource: (block) => replace(block, 'resource', within('"resource"', () => readContents(block.resource))),
}

function readBlock(value: unknown): Shape {
  const block = withStrings('type')(value)
  return Object.hasOwn(BLOCKS, block.type as string) ? (BLOCKS[block.type as string]?.(block) ?? block) : block
}

function readMessage(value: unknown): Shape {
  const message = withStrings('role')(value)
  return replace(message, 'content', within('"content"', () => readBlock(message.content)))
}

function readCompletion(result: Shape): Shape {
  const completion = withObject(result, 'completion').completion as Shape
  const values = arrayOf(completion, 'values')
  if (!values.every((one) => typeof one === 'string')) throw new Malformed('"completion.values" is not an array of strings')
  return replace(result, 'completion', replace(withoutNulls(completion, OPTIONAL), 'values', values))
}

/** Treated as absent if null, but only from legacy servers: revision 2026-07-28 allows null as a value. */
const STRUCTURED_CONTENT = new Set(['structuredContent'])

/** Lenient, because the tool has already run: rejecting its result could make the client repeat the call. */
function readCallResult(result: Shape, isModern: boolean): Shape {
  const whole = isModern ? result : withoutNulls(result, STRUCTURED_CONTENT)
  if (whole.isError !== undefined && typeof whole.isError !== 'boolean') throw new Malformed('"isError" is neither true nor false')
  return withAll(whole.content === undefined ? { ...whole, content: [] } : whole, 'content', readBlock)
}

const RESULTS: ReadonlyMap<string, (result: Shape, report: Report, isModern: boolean) => Shape> = new Map<string, (result: Shape, report: Report, isModern: boolean) => Shape>([
  ['initialize', (result) => withObject(withStrings('protocolVersion')(result), 'capabilities')],
  ['server/discover', (result) => replace(withObject(result, 'capabilities'), 'supportedVersions', arrayOf(result, 'supportedVersions'))],
  ['tools/list', list('tools', readTool)],
  ['tools/call', (result, _, isModern) => readCallResult(result, isModern)],
  ['resources/list', list('resources', readNamed('uri'))],
  ['resources/templates/list', list('resourceTemplates', readNamed('uriTemplate'))],
  ['resources/read', (result) => withAll(result, 'contents', readContents)],
  ['prompts/list', list('prompts', readPrompt)],
  ['prompts/get', (result) => withAll(result, 'messages', readMessage)],
  ['completion/complete', readCompletion],
])

export interface ResultOptions {
  /** The server's name in error messages. */
  readonly from: string
  /** Whether the server speaks revision 2026-07-28 or later. */
  readonly isModern: boolean
  /** Called once for each result that had entries removed. */
  readonly onFault: (error: ClientError) => void
}

/**
 * Returns the result, repaired where necessary. Throws `GANGWAY_E_RESULT` if it cannot be used.
 * Results of unknown methods are returned unchanged. So are input requests, which are validated when the client responds to them.
 */
export function acceptResult(method: string, result: Result, { from, isModern, onFault }: ResultOptions): Result {
  const { resultType = null } = result as Shape
  if (resultType === 'input_required') return result
  const reasons: string[] = []
  try {
    if (resultType !== null && resultType !== 'complete') throw new Malformed(`"resultType" is ${JSON.stringify(resultType)}`)
    const accepted = RESULTS.get(method)?.(readObject(result), (reason) => reasons.push(reason), isModern) ?? result
    if (reasons.length > 0) onFault(new ClientError('GANGWAY_E_RESULT', `${from}: ignored invalid entries in ${method}: ${someOf(reasons)}`))
    return accepted
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new ClientError('GANGWAY_E_RESULT', `${from} sent an invalid result for ${method}: ${error.message}: ${excerpt(JSON.stringify(result))}`)
  }
}
