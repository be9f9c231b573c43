/** Prompts: the options that authors write, and the compiled form that the engine uses. */
import type { Icon, Meta } from '../protocol/types/base-types.ts'
import type { PromptArgument, PromptDescription } from '../protocol/types/prompt-types.ts'
import { accessOf, type Access } from './access.ts'
import { checkItem, type ItemKind } from './check-item.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { Content } from './content.ts'
import type { AnyCompleter, Completer } from './completer.ts'
import type { RequestContext } from '../context/context.ts'
import { compileFields, type Fields, type FieldsOutput } from '../schema/field-map.ts'
import type { InputRequired } from './brand.ts'
import type { Message, PromptResult } from './prompt-result.ts'
import type { CompiledSchema } from '../schema/compile-schema.ts'

export interface PromptOptions<A extends Fields> extends Access {
  title?: string
  description?: string
  icons?: Icon[]
  /** A schema for each argument. Clients send arguments as text, so each schema must accept a string. @default no arguments */
  args?: A
  /** Functions that suggest values, by argument. */
  complete?: { readonly [Argument in keyof NoInfer<A>]?: Completer }
  _meta?: Meta
}

/** What a prompt's handler may return. Text and content blocks each become one user message. */
export type PromptReturn = string | Content | Message | readonly (string | Content | Message)[] | PromptResult | InputRequired

export type PromptHandler<A extends Fields> = (args: FieldsOutput<A>, ctx: RequestContext) => Awaitable<PromptReturn>

export interface Prompt {
  readonly name: string
  readonly access?: Access
  readonly description: PromptDescription
  readonly args: CompiledSchema
  readonly complete: Readonly<Record<string, AnyCompleter>>
  /** Whether the results come from an upstream. They are passed on unchanged. */
  readonly isForeign?: boolean
  readonly handler: (args: never, ctx: RequestContext) => unknown
}

const PROMPT: ItemKind<PromptOptions<Fields>> = {
  name: 'prompt',
  options: { title: true, description: true, args: true, complete: true, icons: true, scopes: true, visible: true, _meta: true },
  form: '{ description, args: { … } }, handler',
  schemas: new Map([['argsSchema', 'args'], ['arguments', 'args'], ['input', 'args']]),
}

/** Throws `GANGWAY_E_SCHEMA` if an argument's schema has no JSON Schema form, and `GANGWAY_E_USAGE` for other invalid arguments. */
export function definePrompt<A extends Fields>(name: string, given: PromptOptions<A>, handler: PromptHandler<A>): Prompt {
  checkItem(PROMPT, name, given, handler)
  const { args, complete = {}, scopes, visible, ...options } = given
  const compiled = compileFields(args ?? {}, 'input', `args of prompt "${name}"`)
  const described = describeArguments(compiled)
  return { name, access: accessOf({ scopes, visible }), description: { ...options, name, ...(described.length > 0 && { arguments: described }) }, args: compiled, complete: complete as Prompt['complete'], handler }
}

function describeArguments({ json }: CompiledSchema): PromptArgument[] {
  const required = new Set(json.required as string[] | undefined)
  return Object.entries(json.properties as Record<string, { title?: string; description?: string }>).map(([name, { title, description }]) => ({
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    required: required.has(name),
  }))
}
