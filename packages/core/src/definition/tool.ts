/** Tools: the options that authors write, and the compiled form that the engine uses. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import type { Icon, Meta } from '../protocol/types/base-types.ts'
import type { JsonSchema, ToolAnnotations, ToolDescription } from '../protocol/types/tool-types.ts'
import { accessOf, type Access } from './access.ts'
import { checkItem, type ItemKind } from './check-item.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { Content } from './content.ts'
import type { RequestContext } from '../context/context.ts'
import type { InputRequired } from './brand.ts'
import { paramHeadersOf, type ParamHeader } from './param-headers.ts'
import { compileSchema, type CompiledSchema, type InputOf, type OutputOf, type Schema } from '../schema/compile-schema.ts'
import type { FailedToolResult, StructuredToolResult, ToolResult } from './tool-result.ts'

export interface ToolOptions<I extends Schema, O extends Schema | undefined> extends Access {
  /** A name for people; programs use `name`. */
  title?: string
  /** The model reads this to decide when and how to call the tool. */
  description?: string
  icons?: Icon[]
  /** Hints for the client: whether the tool is read-only, destructive or idempotent. */
  annotations?: ToolAnnotations
  /** The arguments: a field map, or an object schema from any Standard Schema library. @default no arguments */
  input?: I
  /** The result. With this schema, the handler must return a matching value. It is validated, and the client receives it as `structuredContent`. */
  output?: O
  _meta?: Meta
}

/** What a tool without `output` may return: text, or a value made by `text()`, `image()`, `toolResult()` and similar helpers. */
export type ToolReturn = ContentOrDeclareOutput
/** The name is a hint: TypeScript shows it when a handler returns an object without an `output` schema. */
type ContentOrDeclareOutput = string | number | boolean | null | void | Content | readonly Content[] | ToolResult | InputRequired

/** What a tool with `output` may return: the value, or a `toolResult()` that includes it or reports a failure. */
export type StructuredReturn<T> = T | FailedToolResult | StructuredToolResult<T> | InputRequired

/**
 * The whole type is conditional, not only its return type. Only then does TypeScript infer the schemas before it checks the handler, and keep a returned
 * `'ok'` from widening to `string`. `R` is the same as `O`: with one branch instead of two, TypeScript needs a third less time for long chains.
 */
export type ToolHandler<I extends Schema, O extends Schema | undefined> = [O] extends [infer R]
  ? (args: OutputOf<I>, ctx: RequestContext) => Awaitable<[R] extends [Schema] ? StructuredReturn<InputOf<R>> : ContentOrDeclareOutput>
  : never

/** The schemas of a tool, for typed clients of the server. `InputOf` and `OutputOf` derive the types only when a client uses them. */
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
  /** Whether the results come from an upstream. They are passed on unchanged. */
  readonly isForeign?: boolean
  /** Exists only at compile time. */
  readonly type?: ToolType<I, O>
}

const TOOL: ItemKind<ToolOptions<Schema, Schema>> = {
  name: 'tool',
  options: { title: true, description: true, input: true, output: true, annotations: true, icons: true, scopes: true, visible: true, _meta: true },
  form: '{ description, input: { … } }, handler',
  schemas: new Map([['inputSchema', 'input'], ['outputSchema', 'output'], ['paramsSchema', 'input'], ['parameters', 'input']]),
}

/**
 * Defines a tool separately from a server. Add it to any number of servers with `server.add(tool)`.
 *
 * If the handler throws a `ToolError`, the client gets a result with `isError` and the error's message. An `McpError` becomes a protocol error.
 * Any other error is a bug: it is logged, and the server's `errors` option decides what the client sees.
 *
 * Throws `GANGWAY_E_SCHEMA` if a schema has no JSON Schema form, and `GANGWAY_E_USAGE` for other invalid arguments. Specification: server/tools.
 *
 * @example const add = tool('add', { input: { a: z.number(), b: z.number() } }, ({ a, b }) => a + b)
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

/**
 * Adds `type` and `properties` at the root. The protocol requires `type`, which libraries omit for a union of objects.
 * Some model APIs require `properties`, which records lack.
 */
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
