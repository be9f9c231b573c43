/** The client's handlers for the input requests of a server: elicitation, sampling and roots. */
import { MethodNotFoundError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import type { Params } from '../jsonrpc/message.ts'
import type { ClientCapabilities, Meta } from '../protocol/types/base-types.ts'
import type { FormElicitation, Root, SamplingRequest, SamplingResult, UrlElicitation } from '../protocol/types/input-types.ts'
import type { Awaitable } from '../util/awaitable.ts'

export interface ElicitResult {
  /** For a URL elicitation, `accept` means that the user agreed to open the URL. */
  action: 'accept' | 'decline' | 'cancel'
  /** Values of the form's fields. The form's default is used for fields that are missing here. */
  content?: Record<string, unknown>
  _meta?: Meta
}

export interface InputRequestContext {
  /** Aborts when the server no longer wants the response. */
  readonly signal: AbortSignal
}

/** The context of an input request, with additional information that only the connection uses. */
export interface InputContext extends InputRequestContext {
  /**
   * The `call` option of the request on whose stream the input request arrived. Null if that request has no `call` or has finished.
   * Undefined if the transport has a single stream.
   */
  readonly call?: object | null | undefined
}

/** Each handler declares the matching capability. Input requests without a handler get "method not found"; a handler that throws sends an error to the server. */
export interface InputHandlers {
  /** Asks the user to fill in a form, or to open a URL if `inputRequest.mode` is `url`. */
  elicit?: ((inputRequest: FormElicitation | UrlElicitation, ctx: InputRequestContext) => Awaitable<ElicitResult>) | undefined
  /** Generates a message with the host's model. */
  sample?: ((inputRequest: SamplingRequest, ctx: InputRequestContext) => Awaitable<SamplingResult>) | undefined
  /** The directories that the client works in, or a function that returns them. */
  roots?: readonly Root[] | ((ctx: InputRequestContext) => Awaitable<readonly Root[]>) | undefined
}

/** Returns the capabilities implied by the handlers, merged with the declared ones. Declared ones take precedence. */
export function capabilitiesOf({ elicit, sample, roots }: InputHandlers, declared: ClientCapabilities): ClientCapabilities {
  return { ...(elicit && { elicitation: { form: {}, url: {} } }), ...(sample && { sampling: {} }), ...(roots && { roots: {} }), ...declared }
}

type Answerer = (params: Params, ctx: InputRequestContext) => Awaitable<object>

/** Returns a function that runs the handler for a method. It rejects with `MethodNotFoundError` if there is none. */
export function createInputResponder({ elicit, sample, roots }: InputHandlers): (method: string, params: Params, ctx: InputRequestContext) => Promise<object> {
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
