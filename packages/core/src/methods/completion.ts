/** Implements `completion/complete`: suggests values for an argument of a prompt or a variable of a resource template. */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import type { Params } from '../jsonrpc/message.ts'
import { makerOf } from '../definition/brand.ts'
import type { AnyCompleter, CompletionValues } from '../definition/completer.ts'
import { spreadable } from '../context/context.ts'
import type { Definition } from '../definition/server-definition.ts'
import { normalizeUri } from '../definition/normalize-uri.ts'
import type { Resource, ResourceTemplate } from '../definition/resource.ts'
import { shorten } from '../util/shorten.ts'
import type { Method } from './method.ts'
import { objectParam, optionalObjectParam, stringParam, stringsParam, uriParam } from './params.ts'

/** The most values that one result may hold, as the specification defines. */
const MAX_VALUES = 100

export const complete: Method = async ({ definition }, params, ctx) => {
  const completers = completersOf(definition, objectParam(params, 'ref'))
  const argument = objectParam(params, 'argument')
  const [name, value] = [stringParam(argument, 'name'), stringParam(argument, 'value')]
  const given = stringsParam(optionalObjectParam(params, 'context'), 'arguments')
  // An argument without a completer has no suggestions. That is not an error.
  const found = Object.hasOwn(completers, name) ? await completers[name]?.(value, given, spreadable(ctx)) : undefined
  const { values, ...counts } = makerOf(found) === 'completion' ? (found as CompletionValues) : counted(name, found ?? [])
  return { completion: { values: values.slice(0, MAX_VALUES), ...counts, ...(values.length > MAX_VALUES && { hasMore: true }) } }
}

/** Throws a `TypeError` unless the completer returned a list of strings. A plain object with a member `values` is rejected, too: only `completion()` makes such a result. */
function counted(name: string, found: unknown): CompletionValues {
  const values: unknown[] = typeof found === 'object' && found !== null && Symbol.iterator in found ? [...(found as Iterable<unknown>)] : [undefined]
  if (!values.every((value) => typeof value === 'string')) throw new TypeError(`The completer of "${name}" must return a list of strings`)
  return { values, total: values.length, hasMore: false }
}

function completersOf(definition: Definition, ref: Params): Readonly<Record<string, AnyCompleter>> {
  if (ref.type === 'ref/prompt') {
    const prompt = definition.prompts.get(stringParam(ref, 'name'))
    if (!prompt) throw new InvalidParamsError(`Unknown prompt: ${shorten(String(ref.name))}`)
    return prompt.complete
  }
  if (ref.type !== 'ref/resource') throw new InvalidParamsError('"ref.type" must be "ref/prompt" or "ref/resource"')
  const uri = uriParam(ref)
  const found = findCompleted(definition, uri)
  if (!found) throw new InvalidParamsError(`Unknown resource template: ${uri}`)
  return 'complete' in found ? found.complete : {}
}

/**
 * Finds the template or resource that a completion refers to. A template with exactly this text goes first, then the first template that matches the URI, then a resource.
 * `check-access.ts` uses this function, too, so that the scopes of the item whose values are returned are checked.
 */
export const findCompleted = ({ templates, resources }: Definition, uri: string): Resource | ResourceTemplate | undefined =>
  templates.get(uri) ?? [...templates.values()].find(({ template: { match } }) => match(uri)) ?? resources.get(normalizeUri(uri))
