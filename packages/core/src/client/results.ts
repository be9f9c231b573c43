/** What the result of each method must look like, whoever sent it: servers are not trusted. */
import { isObject } from '../jsonrpc/is-object.ts'
import type { Result } from '../jsonrpc/message.ts'
import { ClientError, excerpt } from './errors.ts'

type Shape = Record<string, unknown>
/** What is wrong; undefined if nothing is. */
type Check = (value: Shape) => string | undefined

const isString = (value: unknown): value is string => typeof value === 'string'

/** Some servers write what they do not have as null. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null

/** All members must be strings. */
const strings =
  (...names: string[]): Check =>
  (value) => {
    const wrong = names.find((name) => !isString(value[name]))
    return wrong && `"${wrong}" is not a string`
  }

const list =
  (member: string, item: Check): Check =>
  (result) => {
    const items = result[member]
    if (!Array.isArray(items)) return `"${member}" is not an array`
    for (const [index, one] of items.entries()) {
      const wrong = isObject(one) ? item(one) : 'it is not an object'
      if (wrong) return `"${member}", item ${index}: ${wrong}`
    }
    const { nextCursor } = result
    return isAbsent(nextCursor) || isString(nextCursor) ? undefined : '"nextCursor" is not a string'
  }

const tool: Check = (value) => {
  if (!isObject(value.inputSchema)) return '"inputSchema" is not an object'
  return isAbsent(value.outputSchema) || isObject(value.outputSchema) ? strings('name')(value) : '"outputSchema" is not an object'
}

const prompt: Check = (value) => strings('name')(value) ?? (isAbsent(value.arguments) ? undefined : list('arguments', strings('name'))({ arguments: value.arguments }))

const contents: Check = (value) => strings('uri')(value) ?? (isString(value.text) || isString(value.blob) ? undefined : 'it has neither "text" nor "blob"')

/** Blocks of a kind that is not known here pass: later revisions may have more. */
const BLOCKS: Readonly<Record<string, Check>> = {
  text: strings('text'),
  image: strings('data', 'mimeType'),
  audio: strings('data', 'mimeType'),
  resource_link: strings('uri'),
  resource: ({ resource }) => (isObject(resource) ? contents(resource) : '"resource" is not an object'),
}
const block: Check = (value) => strings('type')(value) ?? (Object.hasOwn(BLOCKS, value.type as string) ? BLOCKS[value.type as string]?.(value) : undefined)

const message: Check = (value) => strings('role')(value) ?? (isObject(value.content) ? block(value.content) : '"content" is not an object')

const RESULTS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['initialize', (result) => strings('protocolVersion')(result) ?? (isObject(result.capabilities) ? undefined : '"capabilities" is not an object')],
  ['server/discover', (result) => (Array.isArray(result.supportedVersions) ? (isObject(result.capabilities) ? undefined : '"capabilities" is not an object') : '"supportedVersions" is not an array')],
  ['tools/list', list('tools', tool)],
  ['tools/call', ({ content = [], isError }) => list('content', block)({ content }) ?? (isAbsent(isError) || typeof isError === 'boolean' ? undefined : '"isError" is neither true nor false')],
  ['resources/list', list('resources', strings('uri'))],
  ['resources/templates/list', list('resourceTemplates', strings('uriTemplate'))],
  ['resources/read', list('contents', contents)],
  ['prompts/list', list('prompts', prompt)],
  ['prompts/get', list('messages', message)],
  ['completion/complete', ({ completion }) => (isObject(completion) && Array.isArray(completion.values) && completion.values.every(isString) ? undefined : '"completion.values" is not an array of strings')],
])

/** Throws `GANGWAY_E_RESULT`; a method that is not known here may answer anything. Questions are checked by who answers them. */
export function checkResult(method: string, result: Result, from: string): void {
  const { resultType = 'complete' } = result as Shape
  if (resultType === 'input_required') return
  const wrong = resultType === 'complete' ? RESULTS.get(method)?.(result as Shape) : `"resultType" is ${JSON.stringify(resultType)}`
  if (wrong) throw new ClientError('GANGWAY_E_RESULT', `${from} answered ${method} with what is no such result: ${wrong}: ${excerpt(JSON.stringify(result))}`)
}
