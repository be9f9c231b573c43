/** What a client answers when its server asks: forms and pages, the model, the folders. */
import { MethodNotFoundError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { ClientCapabilities, Meta } from '../protocol/types/base.ts'
import type { FormElicitation, Root, SamplingRequest, SamplingResult, UrlElicitation } from '../protocol/types/input.ts'
import type { Awaitable } from '../jsonrpc/awaitable.ts'

export interface ElicitResult {
  /** To `accept` a page means to agree to open it. */
  action: 'accept' | 'decline' | 'cancel'
  /** The fields of the form. One that is left out gets the default that the form names. */
  content?: Record<string, unknown>
  _meta?: Meta
}

export interface QuestionContext {
  /** Aborts when the server does not want the answer any more. */
  readonly signal: AbortSignal
}

/** What is here is declared as a capability; anything else, the server is told, cannot be asked. An answer that throws is an error to the server. */
export interface Answers {
  /** Asks the user to fill in a form, or to open a page: `question.mode` is `url` then. */
  elicit?: ((question: FormElicitation | UrlElicitation, ctx: QuestionContext) => Awaitable<ElicitResult>) | undefined
  /** Has the model write a message. */
  sample?: ((question: SamplingRequest, ctx: QuestionContext) => Awaitable<SamplingResult>) | undefined
  /** The folders that the client works in. */
  roots?: readonly Root[] | ((ctx: QuestionContext) => Awaitable<readonly Root[]>) | undefined
}

/** What the answers allow, and what is declared besides. */
export function capabilitiesOf({ elicit, sample, roots }: Answers, declared: ClientCapabilities): ClientCapabilities {
  return { ...(elicit && { elicitation: { form: {}, url: {} } }), ...(sample && { sampling: {} }), ...(roots && { roots: {} }), ...declared }
}

type Answerer = (params: Params, ctx: QuestionContext) => Awaitable<object>

/** Throws `MethodNotFoundError` for what is not answered here. */
export function createAnswerer({ elicit, sample, roots }: Answers): (method: string, params: Params, ctx: QuestionContext) => Promise<object> {
  const answerers = new Map<string, Answerer>()
  if (elicit) answerers.set('elicitation/create', async (params, ctx) => withDefaults(await elicit(params as unknown as FormElicitation | UrlElicitation, ctx), params))
  if (sample) answerers.set('sampling/createMessage', (params, ctx) => sample(params as unknown as SamplingRequest, ctx))
  if (roots) answerers.set('roots/list', async (_, ctx) => ({ roots: typeof roots === 'function' ? await roots(ctx) : roots }))
  return async (method, params, ctx) => {
    const answer = answerers.get(method)
    if (!answer) throw new MethodNotFoundError(method)
    return answer(params, ctx)
  }
}

function withDefaults(result: ElicitResult, { requestedSchema }: Params): ElicitResult {
  const properties = isObject(requestedSchema) && isObject(requestedSchema.properties) ? requestedSchema.properties : undefined
  if (result.action !== 'accept' || !properties) return result
  const presets = Object.entries(properties).flatMap(([name, field]) => (isObject(field) && 'default' in field ? [[name, field.default] as const] : []))
  return { ...result, content: { ...Object.fromEntries(presets), ...result.content } }
}
