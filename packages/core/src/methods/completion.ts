/** `completion/complete`: values that an argument of a prompt or a variable of a template may take. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import type { Params } from '../jsonrpc/message.ts'
import { makerOf } from '../server/brand.ts'
import type { AnyCompleter, Counted } from '../server/completer.ts'
import { spreadable } from '../server/context.ts'
import type { Definition } from '../server/definition.ts'
import { normalizeUri } from '../server/normalize-uri.ts'
import type { Resource, ResourceTemplate } from '../server/resource.ts'
import type { Method } from './method.ts'
import { objectParam, optionalObjectParam, present, stringParam, stringsParam, uriParam } from './params.ts'

/** The specification's bound on one answer. */
const MAX_VALUES = 100

export const complete: Method = async ({ definition }, params, ctx) => {
  const completers = completersOf(definition, objectParam(params, 'ref'))
  const argument = objectParam(params, 'argument')
  const [name, value] = [stringParam(argument, 'name'), stringParam(argument, 'value')]
  const given = stringsParam(present(optionalObjectParam(params, 'context')), 'arguments')
  // An argument that nobody completes has no values, which is no error.
  const found = Object.hasOwn(completers, name) ? await completers[name]?.(value, given, spreadable(ctx)) : undefined
  const { values, ...counts } = makerOf(found) === 'completion' ? (found as Counted) : counted(name, found ?? [])
  return { completion: { values: values.slice(0, MAX_VALUES), ...counts, ...(values.length > MAX_VALUES && { hasMore: true }) } }
}

/** Throws a `TypeError` for anything but a list of strings: an object with a member `values` is data like any other. */
function counted(name: string, found: unknown): Counted {
  const values: unknown[] = typeof found === 'object' && found !== null && Symbol.iterator in found ? [...(found as Iterable<unknown>)] : [undefined]
  if (!values.every((value) => typeof value === 'string')) throw new TypeError(`The completer of "${name}" must return a list of strings`)
  return { values, total: values.length, hasMore: false }
}

function completersOf(definition: Definition, ref: Params): Readonly<Record<string, AnyCompleter>> {
  if (ref.type === 'ref/prompt') {
    const prompt = definition.prompts.get(stringParam(ref, 'name'))
    if (!prompt) throw new InvalidParamsError(`Unknown prompt: ${String(ref.name)}`)
    return prompt.complete
  }
  if (ref.type !== 'ref/resource') throw new InvalidParamsError('"ref.type" must be "ref/prompt" or "ref/resource"')
  const uri = uriParam(ref)
  const found = findCompleted(definition, uri)
  if (!found) throw new InvalidParamsError(`Unknown resource template: ${uri}`)
  return 'complete' in found ? found.complete : {}
}

/** A template by its own text goes before those that match it, whatever else is registered there: whose values are given away is whose scopes count. */
export const findCompleted = ({ templates, resources }: Definition, uri: string): Resource | ResourceTemplate | undefined =>
  templates.get(uri) ?? [...templates.values()].find(({ template: { match } }) => match(uri)) ?? resources.get(normalizeUri(uri))
