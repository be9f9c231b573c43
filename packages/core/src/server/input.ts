/** Input requests to the client: a handler that makes one ends, and runs again from the top once the response arrives. */
import { InternalError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { missingCapabilities } from '../protocol/capabilities.ts'
import { MissingCapabilityError } from '../protocol/errors.ts'
import type { ClientCapabilities } from '../protocol/types/base.ts'
import type { InputRequest, InputRequests, InputRequiredResult } from '../protocol/types/input.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'
import { refuse } from './content.ts'
import { digestOf, sendAsked, use, type Asked, type Memory, type SentRequest } from './replay.ts'
import { ToolError } from './tool-error.ts'

/** Requests to the client, which a handler returns to run again with the responses. */
export type InputRequired = InputRequiredResult & MadeBy<'inputRequired()'>

/**
 * The visible form of input requests: `return inputRequired({ name: {…} }, state)`. The handler runs again, with `ctx.inputs` and `ctx.state`.
 * Throws `GANGWAY_E_USAGE` for a wrong argument.
 */
export function inputRequired(inputRequests: InputRequests, state?: string): InputRequired {
  if (!isObject(inputRequests) || !Object.values(inputRequests).every(isObject)) refuse('inputRequired()', ['inputRequests', 'an object of requests with "method" and "params"', inputRequests])
  if (state !== undefined && typeof state !== 'string') refuse('inputRequired()', ['state', 'a string', state])
  return brand('inputRequired()', { resultType: 'input_required', inputRequests, ...(state !== undefined && { requestState: state }) })
}

/** Data of the same shape is not: stored data must never send requests to a client. */
export const isInputRequired = (value: unknown): value is InputRequired => makerOf(value) === 'inputRequired()'

/** Rejects an input request that has no response yet. Whatever the handler makes of it, its run does not count. */
class Unanswered extends Error {
  constructor(key: string) {
    super(`Input request "${key}" waits for the client. Let this error propagate: the handler runs again once the response arrives`)
    this.name = 'Unanswered'
  }
}

/** Reads a response. Undefined: it does not fit the request. */
export type Reader<T> = (response: Record<string, unknown>) => T | undefined | Promise<T | undefined>

/** The input requests and steps of one run. */
export class Inputs {
  readonly #memory: Memory
  readonly #capabilities: ClientCapabilities
  readonly #asksAgain: boolean
  readonly #asked: Promise<Asked>[] = []
  readonly #running = new Map<string, Promise<unknown>>()
  /** By request, how often this run has made exactly that one. */
  readonly #made = new Map<string, number>()
  readonly #sent: ReadonlyMap<string, SentRequest>
  #isOpen = false

  /** A response that does not fit is requested again if `asksAgain`; otherwise it rejects. */
  constructor(memory: Memory, capabilities: ClientCapabilities, { asksAgain }: { asksAgain: boolean }) {
    this.#memory = memory
    this.#sent = new Map(memory.sent.map((sent) => [sent.digest, sent]))
    this.#capabilities = capabilities
    this.#asksAgain = asksAgain
  }

  /** What the client is to respond to before the handler runs again; undefined if nothing is open. Waits for running steps, which would otherwise run twice. */
  async questions(): Promise<InputRequiredResult | undefined> {
    for (let known = -1; known !== this.#asked.length + this.#running.size; ) {
      known = this.#asked.length + this.#running.size
      await Promise.all(this.#asked)
      if (this.#isOpen) await Promise.allSettled(this.#running.values())
    }
    if (!this.#isOpen) return undefined
    return inputRequired(sendAsked(this.#memory, await Promise.all(this.#asked)), this.#memory.state)
  }

  /** Throws `MissingCapabilityError` if the client does not support the request. */
  ask<T>(key: string, request: InputRequest, read: Reader<T>): Promise<T> {
    const unanswered = new Unanswered(key) // Here, so that its stack names the line of the handler.
    const digest = digestOf([key, this.#number(key, request), request])
    const response = digest.then((known) => this.#response(request, read, known, unanswered))
    const outcome = response.then(() => {}, (error: unknown) => error) // A request need not be awaited to be sent.
    this.#asked.push(Promise.all([digest, outcome]).then(([known, error]) => ({ key, request, digest: known, ...(error === unanswered && { unanswered }) })))
    return response
  }

  /** Runs once over all runs of the handler. Its value must survive JSON. */
  step<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const done = Object.hasOwn(this.#memory.steps, key) ? this.#memory.steps[key] : undefined
    if (done) return Promise.resolve(done.value as T)
    const running = this.#running.get(key) ?? this.#run(key, work)
    running.catch(() => {}) // An input request may have ended the handler before it awaited this.
    this.#running.set(key, running)
    return running as Promise<T>
  }

  /** Tells exact duplicates apart: the second request for the same confirmation is another confirmation. The client's folders are the same list whenever a run asks. */
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
      if (value !== undefined || !this.#asksAgain) use(this.#memory, sent)
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
    this.#memory.steps = { ...this.#memory.steps, [key]: { value } } // `__proto__` is a key like any other.
    return value
  }
}

const KINDS: ReadonlySet<unknown> = new Set<InputRequest['method']>(['elicitation/create', 'sampling/createMessage', 'roots/list'])

/** Checks the input requests that a handler returns. Throws `MissingCapabilityError`, and `InternalError` for methods that are not input requests. */
export function checkQuestions({ inputRequests = {} }: InputRequiredResult, capabilities: ClientCapabilities): void {
  for (const [key, request] of Object.entries(inputRequests)) {
    if (!KINDS.has(request.method)) throw new InternalError({ cause: new Error(`Input request "${key}" has the method ${JSON.stringify(request.method)}. Use one of ${[...KINDS].join(', ')}`) })
    const missing = missingCapabilities(request, capabilities)
    if (missing) throw new MissingCapabilityError(missing)
  }
}
