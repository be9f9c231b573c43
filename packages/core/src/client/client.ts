/** A client of one MCP server, of any era: what it can be asked for, and how it is left. */
/// <reference lib="esnext.disposable" preserve="true" />
import { isObject } from '../jsonrpc/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import { McpErrorCode } from '../protocol/error-codes.ts'
import type { LogLevel } from '../protocol/types/logging.ts'
import type { GetPromptResult, PromptDescription } from '../protocol/types/prompts.ts'
import type { ReadResourceResult, ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resources.ts'
import type { CallToolResult, ToolDescription } from '../protocol/types/tools.ts'
import type { ListenFilter } from '../server/listen-filter.ts'
import { apart } from './apart.ts'
import type { ClientConnection } from './connection.ts'
import type { ClientEra, ProgressReport } from './era.ts'
import { ClientError, excerpt, someOf } from './errors.ts'
import { inRounds } from './rounds.ts'
import type { ServerDescription } from './server-description.ts'
import type { Subscription } from './subscription.ts'
import { KnownTools } from './tools.ts'

export interface RequestOptions {
  /** Cancels the request: the server is told. */
  signal?: AbortSignal | undefined
  /** Milliseconds without an answer; progress, and a question that is being answered, begin the wait anew. @default that of the client */
  timeout?: number | undefined
  /** Milliseconds altogether, however much progress there is. @default that of the client */
  maxTimeout?: number | undefined
  onProgress?: ((report: ProgressReport) => void) | undefined
  /** Added to the request's `_meta`. */
  meta?: Record<string, unknown> | undefined
}

export interface CallToolOptions extends RequestOptions {
  /** Whether `structuredContent` must meet the tool's output schema. Without the package `@cfworker/json-schema` it goes unchecked, and `onFault` hears so. @default true */
  validate?: boolean
}

export interface Completion {
  values: string[]
  total?: number
  hasMore?: boolean
}

/** Pages of one list. */
const MAX_PAGES = 1000
/** Characters of the JSON of the second and all further pages of one list. The first page is bounded by the transport's `maxMessage`. */
const MAX_MORE = 64 * 1024 * 1024

/** Made by `connect()`. Every method rejects with `PeerError` for an error that the server answers with, and with `ClientError` for what else goes wrong. */
export class Client {
  /** What the server says of itself. Kept, and given to the next `connect()` as `known`, it saves that the question. */
  readonly server: ServerDescription
  /** Resolves when the connection has ended: with the reason, unless that was `close()`. */
  readonly closed: Promise<ClientError | undefined>
  readonly #connection: ClientConnection
  readonly #era: ClientEra
  readonly #tools = new KnownTools()

  readonly #speaksForItself: boolean

  /** For `connect()`. `speaksForItself`: its requests have an era of their own on a connection that others share, and their results are not kept for those. */
  constructor(connection: ClientConnection, server: ServerDescription, era: ClientEra, { speaksForItself = false }: { speaksForItself?: boolean } = {}) {
    this.#connection = connection
    this.#speaksForItself = speaksForItself
    this.#era = era
    this.server = server
    this.closed = connection.closedBy
  }

  /** All tools, of all pages. Over HTTP, without those whose headers break the rules of 2026-07-28: `onFault` hears of them. */
  async listTools(options?: RequestOptions): Promise<ToolDescription[]> {
    const tools = await this.#list<ToolDescription>('tools/list', 'tools', 'name', options)
    return this.#tools.learn(tools, this.#connection.exchanges && !this.#era.serverAsks, (reason) => {
      this.#connection.settings.onFault(new ClientError('GANGWAY_E_RESULT', `${this.#connection.name}: ${reason}: the tool is left out`))
    })
  }

  /** A tool that fails has answered: look at `isError`. Specification: server/tools. */
  async callTool(name: string, args: Readonly<Record<string, unknown>> = {}, { validate = true, ...options }: CallToolOptions = {}): Promise<CallToolResult> {
    const result = await this.#call(name, args, options)
    if (!validate || result.isError) return result
    if (result.structuredContent !== undefined && !this.#tools.has(name)) await this.#learnTool(name, options)
    await this.#tools.checkOutput(name, result, this.#connection.name, this.#connection.settings.onFault)
    return result
  }

  listResources(options?: RequestOptions): Promise<ResourceDescription[]> {
    return this.#list('resources/list', 'resources', 'uri', options)
  }

  listResourceTemplates(options?: RequestOptions): Promise<ResourceTemplateDescription[]> {
    return this.#list('resources/templates/list', 'resourceTemplates', 'uriTemplate', options)
  }

  async readResource(uri: string, options?: RequestOptions): Promise<ReadResourceResult> {
    return (await this.#cached('resources/read', { uri }, options)) as ReadResourceResult
  }

  listPrompts(options?: RequestOptions): Promise<PromptDescription[]> {
    return this.#list('prompts/list', 'prompts', 'name', options)
  }

  async getPrompt(name: string, args?: Readonly<Record<string, string>>, options?: RequestOptions): Promise<GetPromptResult> {
    return (await this.request('prompts/get', { name, ...(args && { arguments: args }) }, options)) as GetPromptResult
  }

  /** Completes an argument of a prompt, or a variable of a resource template. `given` holds the arguments that are settled already. */
  async complete(ref: { prompt: string } | { template: string }, argument: { name: string; value: string }, { given, ...options }: RequestOptions & { given?: Readonly<Record<string, string>> } = {}): Promise<Completion> {
    const target = 'prompt' in ref ? { type: 'ref/prompt', name: ref.prompt } : { type: 'ref/resource', uri: ref.template }
    const result = (await this.request('completion/complete', { ref: target, argument, ...(given && { context: { arguments: given } }) }, options)) as { completion: Completion }
    return result.completion
  }

  /** What changes from now on: `for await (const change of await client.listen({ toolsListChanged: true }))`. Leaving the loop ends it. */
  listen(filter: ListenFilter): Promise<Subscription> {
    return this.#era.listen(this.#connection, this.server, filter)
  }

  /** `listen()` for the contents of one resource. */
  subscribe(uri: string): Promise<Subscription> {
    return this.listen({ resourceSubscriptions: [uri] })
  }

  /** From which level on `onLog` hears of log messages. */
  async setLogLevel(level: LogLevel): Promise<void> {
    this.#connection.settings.logLevel = level
    await this.#era.setLogLevel(this.#connection, level)
  }

  /** Any request. Questions that come as its result are answered, and the request is made again. */
  request(method: string, params: Params = {}, options: RequestOptions = {}): Promise<Result> {
    return this.#request(method, params, options.onProgress ? { ...options, onProgress: apart(options.onProgress) } : options)
  }

  notify(method: string, params: Params = {}): Promise<void> {
    return this.#connection.notify(method, params)
  }

  /** Rejects what is in flight, and frees streams, sessions and processes. Does not reject. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #request(method: string, params: Params, options: RequestOptions, headers?: Record<string, string>): Promise<Result> {
    return inRounds(this.#connection, this.#era, method, params, { ...options, ...(headers && { headers }), ...(this.#speaksForItself && { era: this.#era }) })
  }

  async #call(name: string, args: Readonly<Record<string, unknown>>, options: RequestOptions): Promise<CallToolResult> {
    const params = { name, arguments: args }
    // Progress is asked for in any case: it shows that a long call is alive.
    const all = { ...options, onProgress: apart(options.onProgress ?? ((): void => {})) }
    const call = async (): Promise<CallToolResult> => (await this.#request('tools/call', params, all, this.#tools.headersOf(name, args))) as CallToolResult
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof PeerError) || error.code !== McpErrorCode.HeaderMismatch) throw error
      this.#connection.cache.change({ list: 'tools' })
      await this.listTools() // For the headers that its arguments are repeated in now.
      return call()
    }
  }

  /** For its schema. Where that cannot be had, the result that is there goes unchecked: to lose it might have the call made again. */
  async #learnTool(name: string, { signal, timeout }: RequestOptions): Promise<void> {
    try {
      await this.listTools({ signal, timeout })
    } catch (cause) {
      this.#connection.settings.onFault(new ClientError('GANGWAY_E_RESULT', `${this.#connection.name}: the result of tool ${name} is not checked, since tools/list failed`, { cause }))
    }
  }

  /**
   * All pages of a list. A `nextCursor` that is empty, or that came before, ends it: some servers repeat their only page for any cursor.
   * An entry with the `key` of an earlier one is left out. Throws `GANGWAY_E_RESULT` for a list without an end.
   */
  async #list<T>(method: string, member: string, key: string, options: RequestOptions = {}): Promise<T[]> {
    const items = new Map<unknown, T>()
    const repeated = new Set<unknown>()
    const cursors = new Set<unknown>()
    let size = 0
    for (let cursor: unknown; ; ) {
      const page = (await this.#cached(method, cursor === undefined ? {} : { cursor }, options)) as Params
      const entries = page[member] as T[]
      for (const item of entries) {
        const id = (item as Params)[key]
        if (items.has(id)) repeated.add(id)
        else items.set(id, item)
      }
      const isSecond = cursor !== undefined
      cursor = page.nextCursor
      const isRepeated = cursors.has(cursor)
      if (cursor === undefined || cursor === '' || isRepeated) {
        if (isRepeated) this.#report(`${method} repeats the cursor ${excerpt(String(cursor))}: the list ends there`)
        else if (repeated.size > 0) this.#report(`${method} has several entries with the same ${key}, of which the first counts: ${someOf([...repeated].map((id) => excerpt(String(id), 60)))}`)
        return [...items.values()]
      }
      if (isSecond) size += JSON.stringify(entries).length
      cursors.add(cursor)
      if (cursors.size >= MAX_PAGES || size > MAX_MORE) throw new ClientError('GANGWAY_E_RESULT', `${this.#connection.name}: ${method} does not end: gave up after ${cursors.size} pages and ${items.size} entries`)
    }
  }

  #report(reason: string): void {
    this.#connection.settings.onFault(new ClientError('GANGWAY_E_RESULT', `${this.#connection.name}: ${reason}`))
  }

  async #cached(method: string, params: Params, options: RequestOptions = {}): Promise<Result> {
    if (this.#speaksForItself) return this.request(method, params, options)
    const { cache } = this.#connection
    const kept = cache.get(method, params)
    if (kept) return kept
    const { version } = cache
    const result = await this.request(method, params, options)
    if (!this.#era.serverAsks && version === cache.version && isObject(result)) cache.put(method, params, result)
    return result
  }
}
