/** One tool: what its author writes, and what is compiled from it. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Icon, Meta } from '../protocol/types/base.ts'
import type { JsonSchema, ToolAnnotations, ToolDescription } from '../protocol/types/tools.ts'
import { accessOf, type Access } from './access.ts'
import { checkItem, type ItemKind } from './check-item.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'
import type { Content } from './content.ts'
import type { RequestContext } from './context.ts'
import type { InputRequired } from './input.ts'
import { paramHeadersOf, type ParamHeader } from './param-headers.ts'
import { compileSchema, type CompiledSchema, type InputOf, type OutputOf, type Schema } from './schema.ts'
import type { FailedToolResult, StructuredToolResult, ToolResult } from './tool-result.ts'

export interface ToolOptions<I extends Schema, O extends Schema | undefined> extends Access {
  /** For people; `name` is for programs. */
  title?: string
  /** What the model reads to decide on a call. */
  description?: string
  icons?: Icon[]
  /** Hints for the client: is it read-only, destructive, idempotent? */
  annotations?: ToolAnnotations
  /** The arguments: a field map, or an object schema of any Standard Schema library. @default no arguments */
  input?: I
  /** The result. Declared, the handler must return it and the client receives it as `structuredContent`, checked. */
  output?: O
  _meta?: Meta
}

/** What a tool without `output` may return: text, or what `text()`, `image()`, `toolResult()` and the like make. */
export type ToolReturn = ContentOrDeclareOutput
/** Named for the messages of the compiler. */
type ContentOrDeclareOutput = string | number | boolean | null | void | Content | readonly Content[] | ToolResult | InputRequired

/** What a tool with `output` may return: the value, or a `toolResult()` that holds it or reports a failure. */
export type StructuredReturn<T> = T | FailedToolResult | StructuredToolResult<T> | InputRequired

/**
 * Conditional as a whole, not in its return type: only so does the compiler look at a handler with the schemas in hand, and keep the `'ok'`
 * that it returns from becoming a `string`. `R` is `O`: with one branch, long chains cost the compiler a third less than with two.
 */
export type ToolHandler<I extends Schema, O extends Schema | undefined> = [O] extends [infer R]
  ? (args: OutputOf<I>, ctx: RequestContext) => Awaitable<[R] extends [Schema] ? StructuredReturn<InputOf<R>> : ContentOrDeclareOutput>
  : never

/** What a tool takes and gives, for typed clients of the server: the schemas, of which `InputOf` and `OutputOf` make types when they are needed. */
export interface ToolType<I, O> {
  readonly input: I
  readonly output: O
}

export interface Tool<Name extends string = string, I = unknown, O = unknown> {
  readonly name: Name
  readonly description: ToolDescription
  readonly input: CompiledSchema | undefined
  readonly output: CompiledSchema | undefined
  readonly paramHeaders: readonly ParamHeader[]
  readonly access?: Access
  readonly handler: (args: never, ctx: RequestContext) => unknown
  /** Whether an upstream makes the results: they pass unchanged. */
  readonly isForeign?: boolean
  /** Exists for the compiler alone. */
  readonly type?: ToolType<I, O>
}

const TOOL: ItemKind<ToolOptions<Schema, Schema>> = {
  name: 'tool',
  options: { title: true, description: true, input: true, output: true, annotations: true, icons: true, scopes: true, visible: true, _meta: true },
  form: '{ description, input: { … } }, handler',
  schemas: new Map([['inputSchema', 'input'], ['outputSchema', 'output'], ['paramsSchema', 'input'], ['parameters', 'input']]),
}

/**
 * Defines a tool on its own, to be added to any number of servers with `server.add(tool)`.
 * A handler that throws a `ToolError` answers with `isError` and its message; an `McpError` becomes a protocol error. Any other error is a bug: it is logged,
 * and the client sees what the server's `errors` option says.
 * Throws `GANGWAY_E_SCHEMA` where a schema cannot be described as JSON Schema, and `GANGWAY_E_USAGE`. Specification: server/tools.
 */
export function tool<const Name extends string, I extends Schema = {}, O extends Schema | undefined = undefined>(
  name: Name,
  options: ToolOptions<I, O>,
  handler: ToolHandler<I, O>,
): Tool<Name, I, O> {
  checkItem(TOOL, name, options, handler)
  const { input, output, scopes, visible, ...described } = options
  const where = `tool "${name}"`
  const compiled = input && compileSchema(input, 'input', `input of ${where}`)
  const result = output && compileSchema(output, 'output', `output of ${where}`)
  const inputSchema = compiled ? argumentsSchema(compiled.json, `input of ${where}`) : { type: 'object', properties: {} }
  return {
    name,
    description: { ...described, name, inputSchema, ...(result && { outputSchema: result.json }) },
    input: compiled,
    output: result,
    access: accessOf({ scopes, visible }),
    paramHeaders: paramHeadersOf(inputSchema, `input of ${where}`),
    handler,
  }
}

/** The protocol requires `type` at the root, which libraries leave out for a union of objects. Some model APIs require `properties`, which records do not have. */
function argumentsSchema(json: JsonSchema, where: string): JsonSchema {
  if (json.type === 'object') return 'properties' in json ? json : { ...json, properties: {} }
  if (!isOfObjects(json)) throw new GangwayError('GANGWAY_E_SCHEMA', `${where}: arguments are an object: use a field map or an object schema`)
  return { properties: {}, ...json, type: 'object' }
}

function isOfObjects({ type, anyOf, oneOf, allOf }: JsonSchema): boolean {
  if (type !== undefined) return type === 'object'
  const isOne = (schema: unknown): boolean => isObject(schema) && isOfObjects(schema)
  return [anyOf, oneOf].some((schemas) => Array.isArray(schemas) && schemas.length > 0 && schemas.every(isOne)) || (Array.isArray(allOf) && allOf.some(isOne))
}
