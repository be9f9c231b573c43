/** One prompt: what its author writes, and what is compiled from it. */
import type { Icon, Meta } from '../protocol/types/base.ts'
import type { PromptArgument, PromptDescription } from '../protocol/types/prompts.ts'
import { accessOf, type Access } from './access.ts'
import { checkItem, type ItemKind } from './check-item.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'
import type { Content } from './content.ts'
import type { AnyCompleter, Completer } from './completer.ts'
import type { RequestContext } from './context.ts'
import { compileFields, type Fields, type FieldsOutput } from './fields.ts'
import type { InputRequired } from './input.ts'
import type { Message, PromptResult } from './prompt-result.ts'
import type { CompiledSchema } from './schema.ts'

export interface PromptOptions<A extends Fields> extends Access {
  title?: string
  description?: string
  icons?: Icon[]
  /** A schema for each argument. Clients send text, so each must accept a string. @default no arguments */
  args?: A
  /** Completes arguments. */
  complete?: { readonly [Argument in keyof NoInfer<A>]?: Completer }
  _meta?: Meta
}

/** Text or a content block becomes one message of the user. */
export type PromptReturn = string | Content | Message | readonly (string | Content | Message)[] | PromptResult | InputRequired

export type PromptHandler<A extends Fields> = (args: FieldsOutput<A>, ctx: RequestContext) => Awaitable<PromptReturn>

export interface Prompt {
  readonly name: string
  readonly access?: Access
  readonly description: PromptDescription
  readonly args: CompiledSchema
  readonly complete: Readonly<Record<string, AnyCompleter>>
  /** Whether an upstream makes the results: they pass unchanged. */
  readonly isForeign?: boolean
  readonly handler: (args: never, ctx: RequestContext) => unknown
}

const PROMPT: ItemKind<PromptOptions<Fields>> = {
  name: 'prompt',
  options: { title: true, description: true, args: true, complete: true, icons: true, scopes: true, visible: true, _meta: true },
  form: '{ description, args: { … } }, handler',
  schemas: new Map([['argsSchema', 'args'], ['arguments', 'args'], ['input', 'args']]),
}

/** Throws `GANGWAY_E_SCHEMA` where an argument's schema cannot be described as JSON Schema, and `GANGWAY_E_USAGE`. */
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
