/** The three kinds of input requests that handlers can make: `ctx.elicit`, `ctx.sample` and `ctx.roots`. */
import { GangwayError } from '../gangway-error.ts'
import { isObject } from '../util/is-object.ts'
import type { InputRequest, Root, SamplingRequest, SamplingResult } from '../protocol/types/input-types.ts'
import type { Reader } from './input-requests.ts'
import { compileForm } from '../schema/elicitation-form.ts'
import type { OutputOf, Schema } from '../schema/compile-schema.ts'

export type Elicited<T> = { readonly action: 'accept'; readonly value: T } | { readonly action: 'decline' | 'cancel'; readonly value?: undefined }

export interface Elicit {
  /**
   * Prompts the user to fill in a form. Fields can be strings, numbers, booleans, choices and lists of choices. The response is validated with the complete schema.
   * Throws `GANGWAY_E_FORM` for a field that a form cannot express. Specification: client/elicitation.
   *
   * @example const { action, value } = await ctx.elicit('size', 'Which size?', { size: z.enum(['S', 'M', 'L']) })
   */
  <S extends Schema>(key: string, message: string, form: S): Promise<Elicited<OutputOf<S>>>
  /**
   * Prompts the user to open a page. `accept` means that the user agreed to open it, not that the user finished there.
   * Throws `GANGWAY_E_URL` if `url` is not an absolute URL.
   */
  (key: string, message: string, page: { readonly url: string }): Promise<{ readonly action: 'accept' | 'decline' | 'cancel' }>
}

/** Asks the client's model to generate a message. Specification: client/sampling. */
export type Sample = (key: string, request: SamplingRequest) => Promise<SamplingResult>

/** Returns the folders that the client works in. Specification: client/roots. */
export type Roots = (key?: string) => Promise<Root[]>

/** Sends an input request and resolves with the response: `Inputs.ask`. */
type Ask = <T>(key: string, request: InputRequest, read: Reader<T>) => Promise<T>

export function createElicit(ask: Ask): Elicit {
  return ((key: string, message: string, target: Schema | { url: string }) => {
    if ('url' in target && typeof target.url === 'string') {
      if (!URL.canParse(target.url)) throw new GangwayError('GANGWAY_E_URL', `Elicitation "${key}": ${JSON.stringify(target.url)} is not an absolute URL`)
      return ask(key, { method: 'elicitation/create', params: { mode: 'url', message, url: target.url } }, ({ action }) => (isAction(action) ? { action } : undefined))
    }
    const form = compileForm(target as Schema, key)
    const read: Reader<Elicited<unknown>> = async ({ action, content }) => {
      if (!isAction(action)) return undefined
      if (action !== 'accept') return { action }
      const checked = await form.validate(content ?? {})
      return checked.issues ? undefined : { action, value: checked.value }
    }
    return ask(key, { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema: form.json } }, read)
  }) as Elicit
}

export const createSample =
  (ask: Ask): Sample =>
  (key, params) =>
    ask(key, { method: 'sampling/createMessage', params }, (answer) => (typeof answer.model === 'string' && answer.content !== undefined ? (answer as unknown as SamplingResult) : undefined))

export const createRoots =
  (ask: Ask): Roots =>
  (key = 'roots') =>
    ask(key, { method: 'roots/list' }, ({ roots }) => (Array.isArray(roots) && roots.every(isRoot) ? roots : undefined))

const isAction = (value: unknown): value is 'accept' | 'decline' | 'cancel' => value === 'accept' || value === 'decline' || value === 'cancel'
const isRoot = (value: unknown): value is Root => isObject(value) && typeof value.uri === 'string'
