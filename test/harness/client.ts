/** A client that speaks the wire itself, the same over every door. */
import { faultsOf } from './invariants.ts'
import { isModernText } from './http-headers.ts'
import { CLIENT_CAPABILITIES, envelope, initializeParams, isResponse, MODERN, modernText, requestText, type Id, type Json, type Message, type Revision, type WireError } from './message.ts'
import type { Matches, Served, Wire } from './wire.ts'

export interface RequestOptions {
  id?: Id
  /** Laid over the `_meta` of the request. */
  meta?: Json
}

export interface ClientOptions {
  /** What the client declares that it can be asked. */
  capabilities?: Json
}

interface Asked {
  method: string
  capabilities: Json
  modern: boolean
  due: number
}
type Waiter = { matches: Matches; resolve: (message: Message) => void }

export class Client {
  readonly revision: Revision
  readonly capabilities: Json
  /** In the legacy era, what takes the questions of the server as they come. */
  onQuestion: ((question: Message) => void) | undefined
  /** All that came from the server, in the order of its arrival. */
  readonly received: Message[] = []
  /** Those of them that came as a batch. */
  readonly batches: Message[][] = []
  /** What was wrong with it. */
  readonly faults: string[] = []
  /** Requests by id, with the number of answers that are due. */
  readonly #asked = new Map<unknown, Asked>()
  readonly #waiters = new Set<Waiter>()
  #wire: Wire | undefined
  #sequence = 0

  private constructor(revision: Revision, { capabilities = {} }: ClientOptions) {
    this.revision = revision
    this.capabilities = capabilities
  }

  /** Connects, and says nothing yet. */
  static async connect(served: Served, revision: Revision, options: ClientOptions = {}): Promise<Client> {
    const client = new Client(revision, options)
    client.#wire = await served.connect((text) => client.#receive(text), revision)
    return client
  }

  get modern(): boolean {
    return this.revision === MODERN
  }

  get notifications(): Message[] {
    return this.received.filter((message) => !isResponse(message) && !('id' in message))
  }

  /** What the server asked in requests of its own: the legacy era alone. */
  get questions(): Message[] {
    return this.received.filter((message) => !isResponse(message) && 'id' in message)
  }

  /** The two steps of the handshake; in the modern era there is none. */
  async handshake(): Promise<void> {
    if (this.modern) return
    await this.initialize()
    await this.initialized()
  }

  async initialize(): Promise<Json> {
    return this.result('initialize', initializeParams(this.revision, this.capabilities))
  }

  async initialized(): Promise<void> {
    await this.notify('notifications/initialized')
  }

  /** Resolves with the answer, whichever it is. */
  async request(method: string, params: Json = {}, { id = `r${++this.#sequence}`, meta = {} }: RequestOptions = {}): Promise<Message> {
    const answer = this.next((message) => isResponse(message) && message.id === id)
    const sent = this.send({ id, method, params: this.#withMeta(params, meta) })
    if (!this.#wire?.answersInline) return Promise.race([answer, sent.then(() => answer)]) // Where the two have ways of their own, the answer may be there first.
    return Promise.race([answer, sent.then(() => Promise.reject(new Error(`No answer to ${method}; last came ${JSON.stringify(this.received.at(-1))}`)))])
  }

  /** The result; an error fails the test. */
  async result(method: string, params?: Json, options?: RequestOptions): Promise<Json> {
    const { result, error } = await this.request(method, params, options)
    if (!result) throw new Error(`${method}: ${JSON.stringify(error)}`)
    return result
  }

  /** The error; a result fails the test. */
  async error(method: string, params?: Json, options?: RequestOptions): Promise<WireError> {
    const { result, error } = await this.request(method, params, options)
    if (!error) throw new Error(`${method}: ${JSON.stringify(result)}`)
    return error
  }

  call(name: string, args?: unknown, options?: RequestOptions): Promise<Json> {
    return this.result('tools/call', { name, ...(args !== undefined && { arguments: args }) }, options)
  }

  async notify(method: string, params: Json = {}): Promise<void> {
    await this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', method, params }))
  }

  /** Answers what the server asked, with a result or an error. */
  async answer(id: Message['id'], outcome: { result: Json } | { error: WireError }): Promise<void> {
    await this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', id, ...outcome }))
  }

  /** Sends a message and does not wait for its answer. Over HTTP, resolves when the exchange is over. */
  async send(message: { id: Id; method: string; params?: Json }): Promise<void> {
    await this.#sendText(JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  /** Sends a request and does not wait for its answer. */
  start(method: string, params: Json = {}, { id = `r${++this.#sequence}`, meta = {} }: RequestOptions = {}): Id {
    this.send({ id, method, params: this.#withMeta(params, meta) }).catch(() => {}) // It may be cut off: tests look at what arrives.
    return id
  }

  /** The text of a request in the era of this client. */
  text(id: unknown, method: string, params: Json = {}, meta: Json = {}): string {
    return this.modern ? modernText(id, method, params, { [CLIENT_CAPABILITIES]: this.capabilities, ...meta }) : requestText(id, method, params)
  }

  /** Sends texts as they are, at once where that can be, and resolves with all answers that come at once. */
  async raw(...texts: string[]): Promise<Message[]> {
    const before = this.received.length
    await this.#sendText(...texts)
    await this.settled()
    return this.received.slice(before).filter(isResponse)
  }

  /** Resolves when the server has dealt with all that was sent before, but for what waits for something else. */
  async settled(): Promise<void> {
    if (this.#wire?.answersInline) return
    const id = `fence ${++this.#sequence}`
    const answer = this.next(({ id: answered }) => answered === id)
    await this.#wire?.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }))
    this.received.splice(this.received.indexOf(await answer), 1)
  }

  /** The first such message from now on. */
  next(matches: Matches): Promise<Message> {
    return new Promise((resolve) => this.#waiters.add({ matches, resolve }))
  }

  /** The first such message there was or will be. */
  async until(matches: Matches): Promise<Message> {
    return this.received.find(matches) ?? this.next(matches)
  }

  untilNotified(method: string): Promise<Message> {
    return this.until((message) => message.method === method)
  }

  answersTo(id: Id): Message[] {
    return this.received.filter((message) => isResponse(message) && message.id === id)
  }

  notified(method: string): Message[] {
    return this.received.filter((message) => message.method === method)
  }

  /** As the revision and the door would have it: by leaving, or by a notification. */
  async cancel(id: Id, reason = 'Changed my mind'): Promise<void> {
    if (this.modern && this.#wire?.abandon) this.#wire.abandon(id)
    else await this.notify('notifications/cancelled', { requestId: id, reason })
  }

  /** The client leaves without a word. */
  async close(): Promise<void> {
    await this.#wire?.close()
  }

  #withMeta(params: Json, meta: Json): Json {
    if (this.modern) return { ...params, _meta: envelope({ [CLIENT_CAPABILITIES]: this.capabilities, ...meta }) }
    return Object.keys(meta).length > 0 ? { ...params, _meta: meta } : params
  }

  async #sendText(...texts: string[]): Promise<void> {
    for (const text of texts) this.#remember(text)
    await this.#wire?.send(...texts)
  }

  #remember(text: string): void {
    try {
      for (const value of [JSON.parse(text)].flat()) {
        const { id, method, params } = value ?? {}
        const open = this.#asked.get(id)
        // An id that is in use is refused, so the result, if there is one, is that of the first.
        if (open && open.due > 0) open.due++
        else if (id !== undefined && id !== null) this.#asked.set(id, { method, capabilities: params?._meta?.[CLIENT_CAPABILITIES], modern: isModernText(text), due: 1 })
      }
    } catch {
      // Not JSON, and so not a question.
    }
  }

  #parse(text: string): Message | Message[] | undefined {
    try {
      return JSON.parse(text)
    } catch {
      this.faults.push(`A message is JSON: ${text}`)
      return undefined
    }
  }

  /** A legacy client may be asked something while it waits for an answer. */
  get #askable(): Json | undefined {
    const waits = [...this.#asked.values()].some(({ due, method }) => due > 0 && method !== 'initialize')
    return waits && !this.modern ? this.capabilities : undefined
  }

  #receive(text: string): void {
    if (text.includes('\n')) this.faults.push(`A message is one line: ${text}`)
    const parsed = this.#parse(text)
    if (Array.isArray(parsed)) this.batches.push(parsed)
    for (const message of parsed ? [parsed].flat() : []) this.#take(message, text)
  }

  #take(message: Message, text: string): void {
    const asked = this.#asked.get(message.id)
    if (isResponse(message) && asked && --asked.due < 0) this.faults.push(`A request is answered once: ${text}`)
    this.faults.push(...faultsOf(message, asked, this.#askable))
    this.received.push(message)
    if (message.method !== undefined && 'id' in message) this.onQuestion?.(message)
    for (const waiter of [...this.#waiters]) {
      if (!waiter.matches(message)) continue
      this.#waiters.delete(waiter)
      waiter.resolve(message)
    }
  }
}
