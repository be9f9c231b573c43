/** Questions to the client: a handler that asks one ends, and runs again from the top when the answer is there. */
import { InternalError } from '../jsonrpc/errors.ts'
import { isObject } from '../jsonrpc/is-object.ts'
import { missingCapabilities } from '../protocol/capabilities.ts'
import { MissingCapabilityError } from '../protocol/errors.ts'
import type { ClientCapabilities } from '../protocol/types/base.ts'
import type { InputRequest, InputRequests, InputRequiredResult } from '../protocol/types/input.ts'
import { brand, makerOf, type MadeBy } from './brand.ts'

/** What is kept from run to run: with the session in the legacy era, sealed in the client's hands in the modern one. */
export interface Memory {
  /** By the key of the question, what the client answered. */
  answers: Record<string, unknown>
  /** By the key of the step, what it gave. */
  steps: Record<string, { value?: unknown }>
  /** What the handler itself passed on with `inputRequired()`. */
  state?: string
  /** Runs that ended with questions. */
  rounds: number
}

export const emptyMemory = (): Memory => ({ answers: {}, steps: {}, rounds: 0 })

/** A client that never gives an answer that fits would be asked for ever. */
const MAX_ROUNDS = 10

/** Requests to the client, which a handler returns to run again with the answers. */
export type InputRequired = InputRequiredResult & MadeBy<'inputRequired()'>

/** The visible form of a question: `return inputRequired({ name: {…} }, state)`. The handler runs again, with `ctx.inputs` and `ctx.state`. */
export function inputRequired(inputRequests: InputRequests, state?: string): InputRequired {
  return brand('inputRequired()', { resultType: 'input_required', inputRequests, ...(state !== undefined && { requestState: state }) })
}

/** Data of the same shape is not: stored data must never send requests to a client. */
export const isInputRequired = (value: unknown): value is InputRequired => makerOf(value) === 'inputRequired()'

/** Rejects the promise of a question that is open; whatever the handler makes of it, its run is over. */
class Unanswered extends Error {
  constructor(key: string) {
    super(`Question "${key}" is with the client: the handler runs again when it is answered. Let this error pass`)
    this.name = 'Unanswered'
  }
}

/** What an answer must be to count. Undefined: it does not fit the question. */
export type Reader<T> = (answer: Record<string, unknown>) => T | undefined | Promise<T | undefined>

/** The questions and steps of one run. */
export class Inputs {
  readonly #memory: Memory
  readonly #capabilities: ClientCapabilities
  readonly #asksAgain: boolean
  readonly #open: InputRequests = {}
  readonly #answers: Promise<unknown>[] = []
  readonly #running = new Map<string, Promise<unknown>>()

  /** An answer that does not fit its question is asked for again, or else it rejects. */
  constructor(memory: Memory, capabilities: ClientCapabilities, { asksAgain }: { asksAgain: boolean }) {
    this.#memory = memory
    this.#capabilities = capabilities
    this.#asksAgain = asksAgain
  }

  /** What the client is to be asked before the handler runs again; undefined if nothing is. Steps that still run are waited for: they would run twice. */
  async questions(): Promise<InputRequiredResult | undefined> {
    await Promise.allSettled(this.#answers)
    for (let known = 0; this.#asks && known < this.#running.size; ) {
      known = this.#running.size
      await Promise.allSettled(this.#running.values())
    }
    return this.#asks ? inputRequired(this.#open, this.#memory.state) : undefined
  }

  get #asks(): boolean {
    return Object.keys(this.#open).length > 0
  }

  /** Throws `MissingCapabilityError` if the client cannot be asked this. */
  ask<T>(key: string, request: InputRequest, read: Reader<T>): Promise<T> {
    const answer = this.#answer(key, request, read)
    answer.catch(() => {}) // A question need not be awaited to be asked.
    this.#answers.push(answer)
    return answer
  }

  /** Runs once over all runs of the handler. What it gives must survive JSON. */
  step<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const done = Object.hasOwn(this.#memory.steps, key) ? this.#memory.steps[key] : undefined
    if (done) return Promise.resolve(done.value as T)
    const running = this.#running.get(key) ?? this.#run(key, work)
    running.catch(() => {}) // A question may have ended the handler before it came to await this.
    this.#running.set(key, running)
    return running as Promise<T>
  }

  async #answer<T>(key: string, request: InputRequest, read: Reader<T>): Promise<T> {
    const given = Object.hasOwn(this.#memory.answers, key) ? this.#memory.answers[key] : undefined
    if (given instanceof Error) throw given
    const answer = isObject(given) ? await read(given) : undefined
    if (answer !== undefined) return answer
    if (given !== undefined && !this.#asksAgain) throw new Error(`The answer to question "${key}" does not fit it`)
    const missing = missingCapabilities(request, this.#capabilities)
    if (missing) throw new MissingCapabilityError(missing)
    this.#open[key] = request
    throw new Unanswered(key)
  }

  async #run<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const value = await work()
    this.#memory.steps[key] = { value }
    return value
  }
}

const KINDS: ReadonlySet<unknown> = new Set<InputRequest['method']>(['elicitation/create', 'sampling/createMessage', 'roots/list'])

/** Checks what a handler asks in the visible form. Throws `MissingCapabilityError`, and `InternalError` for what nobody can be asked. */
export function checkQuestions({ inputRequests = {} }: InputRequiredResult, capabilities: ClientCapabilities): void {
  for (const [key, request] of Object.entries(inputRequests)) {
    if (!KINDS.has(request.method)) throw new InternalError({ cause: new Error(`Question "${key}" is none that a client can be asked: ${JSON.stringify(request.method)}`) })
    const missing = missingCapabilities(request, capabilities)
    if (missing) throw new MissingCapabilityError(missing)
  }
}

/** Counts the round, and keeps what the handler passed on. Throws once there were too many. */
export function nextRound(memory: Memory, { requestState }: InputRequiredResult): void {
  memory.rounds++
  if (requestState !== undefined) memory.state = requestState
  if (memory.rounds > MAX_ROUNDS) throw new InternalError({ cause: new Error(`No answer that fits after ${MAX_ROUNDS} rounds of questions`) })
}
