/** Input requests to the client. A handler that makes one is suspended, and runs again from the top when the response arrives. */
import { InternalError } from '../jsonrpc/rpc-errors.ts'
import { isObject } from '../util/is-object.ts'
import { missingCapabilities } from '../protocol/capabilities.ts'
import { MissingCapabilityError } from '../protocol/mcp-errors.ts'
import type { ClientCapabilities } from '../protocol/types/base-types.ts'
import type { InputRequest, InputRequests, InputRequiredResult } from '../protocol/types/input-types.ts'
import { brand, type InputRequired } from '../definition/brand.ts'
import { refuse } from '../definition/content.ts'
import { digestOf, sendAsked, use, type Asked, type ReplayState, type SentRequest } from './replay-state.ts'
import { ToolError } from '../definition/tool-error.ts'

/**
 * Sends input requests as the result of a handler. The handler runs again with the responses in `ctx.inputs` and with `state` in `ctx.state`.
 * Throws `GANGWAY_E_USAGE` for invalid arguments.
 *
 * @example return inputRequired({ folders: { method: 'roots/list' } }, 'listing')
 */
export function inputRequired(inputRequests: InputRequests, state?: string): InputRequired {
  if (!isObject(inputRequests) || !Object.values(inputRequests).every(isObject)) refuse('inputRequired()', ['inputRequests', 'an object of requests with "method" and "params"', inputRequests])
  if (state !== undefined && typeof state !== 'string') refuse('inputRequired()', ['state', 'a string', state])
  return brand('inputRequired()', { resultType: 'input_required', inputRequests, ...(state !== undefined && { requestState: state }) })
}

/** Rejects an input request that has no response yet. The result of that run is discarded, even if the handler catches the error. */
class Unanswered extends Error {
  constructor(key: string) {
    super(`Input request "${key}" waits for the client. Let this error propagate: the handler runs again once the response arrives`)
    this.name = 'Unanswered'
  }
}

/** Reads a response. Returns undefined if the response does not match the request. */
export type Reader<T> = (response: Record<string, unknown>) => T | undefined | Promise<T | undefined>

/** The input requests and steps of one run of a handler. */
export class Inputs {
  readonly #replayState: ReplayState
  readonly #capabilities: ClientCapabilities
  readonly #asksAgain: boolean
  readonly #asked: Promise<Asked>[] = []
  readonly #running = new Map<string, Promise<unknown>>()
  /** How often this run has made exactly the same request, by the text of the request. */
  readonly #made = new Map<string, number>()
  readonly #sent: ReadonlyMap<string, SentRequest>
  #isOpen = false

  /** If a response does not match its request, `asksAgain` decides whether the request is sent again or rejects. */
  constructor(replayState: ReplayState, capabilities: ClientCapabilities, { asksAgain }: { asksAgain: boolean }) {
    this.#replayState = replayState
    this.#sent = new Map(replayState.sent.map((sent) => [sent.digest, sent]))
    this.#capabilities = capabilities
    this.#asksAgain = asksAgain
  }

  /**
   * The input requests to send before the handler runs again; undefined if there are none.
   * Waits for running steps, because an interrupted step would run twice.
   */
  async questions(): Promise<InputRequiredResult | undefined> {
    for (let known = -1; known !== this.#asked.length + this.#running.size; ) {
      known = this.#asked.length + this.#running.size
      await Promise.all(this.#asked)
      if (this.#isOpen) await Promise.allSettled(this.#running.values())
    }
    if (!this.#isOpen) return undefined
    return inputRequired(sendAsked(this.#replayState, await Promise.all(this.#asked)), this.#replayState.state)
  }

  /** Returns the response to a request, or suspends the handler until there is one. Rejects with `MissingCapabilityError` if the client does not support the request. */
  ask<T>(key: string, request: InputRequest, read: Reader<T>): Promise<T> {
    const unanswered = new Unanswered(key) // Created here, so that its stack contains the handler's line.
    const digest = digestOf([key, this.#number(key, request), request])
    const response = digest.then((known) => this.#response(request, read, known, unanswered))
    const outcome = response.then(() => {}, (error: unknown) => error) // Handles the rejection, because a handler may start a request without awaiting it.
    this.#asked.push(Promise.all([digest, outcome]).then(([known, error]) => ({ key, request, digest: known, ...(error === unanswered && { unanswered }) })))
    return response
  }

  /** Runs `work` once across all runs of the handler. Its value must be a JSON value. */
  step<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const done = Object.hasOwn(this.#replayState.steps, key) ? this.#replayState.steps[key] : undefined
    if (done) return Promise.resolve(done.value as T)
    const running = this.#running.get(key) ?? this.#run(key, work)
    running.catch(() => {}) // Handles the rejection, because an input request may have suspended the handler before it awaited the step.
    this.#running.set(key, running)
    return running as Promise<T>
  }

  /**
   * Numbers identical requests within a run: asking for the same confirmation twice means two confirmations.
   * `roots/list` always gets the number 1, because its result is the same however often a run requests it.
   */
  #number(key: string, request: InputRequest): number {
    if (request.method === 'roots/list') return 1
    const text = JSON.stringify([key, request])
    const number = (this.#made.get(text) ?? 0) + 1
    this.#made.set(text, number)
    return number
  }

  async #response<T>(request: InputRequest, read: Reader<T>, digest: string, unanswered: Unanswered): Promise<T> {
    const sent = this.#sent.get(digest)
    if (sent && 'response' in sent) {
      const { response } = sent
      const value = isObject(response) && !(response instanceof Error) ? await read(response) : undefined
      if (value !== undefined || !this.#asksAgain) use(this.#replayState, sent)
      if (response instanceof Error) throw response
      if (value !== undefined) return value
      if (!this.#asksAgain) throw new ToolError(`The client's response to input request "${sent.key}" does not match what was requested`)
    }
    const missing = missingCapabilities(request, this.#capabilities)
    if (missing) throw new MissingCapabilityError(missing)
    this.#isOpen = true
    throw unanswered
  }

  async #run<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const value = await work()
    this.#replayState.steps = { ...this.#replayState.steps, [key]: { value } } // A spread, because an assignment would treat the key `__proto__` differently.
    return value
  }
}

const KINDS: ReadonlySet<unknown> = new Set<InputRequest['method']>(['elicitation/create', 'sampling/createMessage', 'roots/list'])

/** Checks the input requests that a handler returned. Throws `MissingCapabilityError`, and `InternalError` for methods that are not input requests. */
export function checkInputRequests({ inputRequests = {} }: InputRequiredResult, capabilities: ClientCapabilities): void {
  for (const [key, request] of Object.entries(inputRequests)) {
    if (!KINDS.has(request.method)) throw new InternalError({ cause: new Error(`Input request "${key}" has the method ${JSON.stringify(request.method)}. Use one of ${[...KINDS].join(', ')}`) })
    const missing = missingCapabilities(request, capabilities)
    if (missing) throw new MissingCapabilityError(missing)
  }
}
