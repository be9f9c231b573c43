/** `Client`: the methods of a connected MCP client, for servers of either protocol era. */
/// <reference lib="esnext.disposable" preserve="true" />
import { isObject } from '../util/is-object.ts'
import type { Params, Result } from '../jsonrpc/message.ts'
import { checkOptions, type OptionNames } from '../util/check-options.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { McpErrorCode } from '../protocol/mcp-error-codes.ts'
import type { LogLevel } from '../protocol/types/log-level.ts'
import type { GetPromptResult, PromptDescription } from '../protocol/types/prompt-types.ts'
import type { ReadResourceResult, ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resource-types.ts'
import type { CallToolResult, ToolDescription } from '../protocol/types/tool-types.ts'
import type { ListenFilter } from '../definition/listen-filter.ts'
import { isolateErrors } from './isolate-errors.ts'
import type { ClientConnection } from './client-connection.ts'
import type { ClientEra, ProgressReport } from './client-era.ts'
import { ClientError, excerpt, someOf } from './client-errors.ts'
import { inRounds } from './multi-round-trip.ts'
import type { ServerDescription } from './server-description.ts'
import type { Subscription } from './subscription.ts'
import { KnownTools } from './tool-schemas.ts'

export interface RequestOptions {
  /** Cancels the request and notifies the server. */
  signal?: AbortSignal | undefined
  /** Milliseconds to wait for a response. Progress, and input requests that are being handled, reset the timer. @default that of the client */
  timeout?: number | undefined
  /** Maximum total milliseconds to wait, regardless of progress. @default that of the client */
  totalTimeout?: number | undefined
  onProgress?: ((report: ProgressReport) => void) | undefined
  /** Entries to add to the request's `_meta`. */
  meta?: Record<string, unknown> | undefined
}

const REQUEST_OPTIONS: OptionNames<RequestOptions> = { signal: true, timeout: true, totalTimeout: true, onProgress: true, meta: true }

export interface CallToolOptions extends RequestOptions {
  /**
   * Whether to validate `structuredContent` against the tool's output schema. Requires the package `@cfworker/json-schema`.
   * Without it, the result is returned unchecked and `onFault` is called. @default true
   */
  validate?: boolean
}

export interface Completion {
  values: string[]
  total?: number
  hasMore?: boolean
}

/** Maximum number of pages of one list. */
const MAX_PAGES = 1000
/** Maximum characters of JSON in the pages after the first one. The transport's `messageLimit` limits the first page. */
const MAX_MORE = 64 * 1024 * 1024

/** A connected client; create it with `connect()`. Methods reject with `PeerError` if the server returns an error, and with `ClientError` for any other failure. */
export class Client {
  /** What the server declared about itself. Pass a stored copy as `knownServer` to the next `connect()` to skip the negotiation. */
  readonly server: ServerDescription
  /** Resolves when the connection has ended: with the error that ended it, or with undefined after `close()`. */
  readonly closed: Promise<ClientError | undefined>
  readonly #connection: ClientConnection
  readonly #era: ClientEra
  readonly #tools = new KnownTools()

  readonly #hasOwnEra: boolean

  /** Called by `connect()`. `hasOwnEra` is for a client whose era differs from that of a shared connection; its results are not cached for the other clients. */
  constructor(connection: ClientConnection, server: ServerDescription, era: ClientEra, { hasOwnEra = false }: { hasOwnEra?: boolean } = {}) {
    this.#connection = connection
    this.#hasOwnEra = hasOwnEra
    this.#era = era
    this.server = server
    this.closed = connection.closedBy
  }

  /** Lists the tools of all pages. Over HTTP, tools with an invalid `x-mcp-header` (revision 2026-07-28) are omitted and reported to `onFault`. */
  async listTools(options?: RequestOptions): Promise<ToolDescription[]> {
    const tools = await this.#list<ToolDescription>('tools/list', 'tools', 'name', options)
    return this.#tools.learn(tools, this.#connection.exchanges && !this.#era.serverAsks, (reason) => {
      this.#connection.settings.onFault(new ClientError('GANGWAY_E_RESULT', `${this.#connection.name}: ${reason}. The tool is omitted`))
    })
  }

  /** Calls a tool. A tool that fails still resolves: check `isError`. Specification: server/tools. */
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

  /** Completes an argument of a prompt, or a variable of a resource template. `given` holds the arguments that already have values. */
  async complete(ref: { prompt: string } | { template: string }, argument: { name: string; value: string }, { given, ...options }: RequestOptions & { given?: Readonly<Record<string, string>> } = {}): Promise<Completion> {
    const target = 'prompt' in ref ? { type: 'ref/prompt', name: ref.prompt } : { type: 'ref/resource', uri: ref.template }
    const result = (await this.request('completion/complete', { ref: target, argument, ...(given && { context: { arguments: given } }) }, options)) as { completion: Completion }
    return result.completion
  }

  /**
   * Subscribes to changes: `for await (const change of await client.listen({ toolsListChanged: true }))`.
   * Leaving the loop ends the subscription.
   */
  listen(filter: ListenFilter): Promise<Subscription> {
    return this.#era.listen(this.#connection, this.server, filter)
  }

  /** Subscribes to changes of one resource's contents. Shorthand for `listen({ resourceSubscriptions: [uri] })`. */
  subscribe(uri: string): Promise<Subscription> {
    return this.listen({ resourceSubscriptions: [uri] })
  }

  /** Sets the minimum level of the log messages that `onLog` receives. */
  async setLogLevel(level: LogLevel): Promise<void> {
    this.#connection.settings.logLevel = level
    await this.#era.setLogLevel(this.#connection, level)
  }

  /** Sends any request. If the result contains input requests, the client responds to them and repeats the request until the result is final. */
  request(method: string, params: Params = {}, options: RequestOptions = {}): Promise<Result> {
    return this.#request(method, params, options.onProgress ? { ...options, onProgress: isolateErrors(options.onProgress) } : options)
  }

  notify(method: string, params: Params = {}): Promise<void> {
    return this.#connection.notify(method, params)
  }

  /** Rejects pending requests, and releases streams, sessions and processes. Never rejects. */
  close(): Promise<void> {
    return this.#connection.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #request(method: string, params: Params, options: RequestOptions, headers?: Record<string, string>): Promise<Result> {
    checkOptions(method, options, REQUEST_OPTIONS)
    return inRounds(this.#connection, this.#era, method, params, { ...options, ...(headers && { headers }), ...(this.#hasOwnEra && { era: this.#era }) })
  }

  async #call(name: string, args: Readonly<Record<string, unknown>>, options: RequestOptions): Promise<CallToolResult> {
    const params = { name, arguments: args }
    // Always request progress: it resets the timeout of long calls.
    const all = { ...options, onProgress: isolateErrors(options.onProgress ?? ((): void => {})) }
    const call = async (): Promise<CallToolResult> => (await this.#request('tools/call', params, all, this.#tools.headersOf(name, args))) as CallToolResult
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof PeerError) || error.code !== McpErrorCode.HeaderMismatch) throw error
      this.#connection.cache.change({ list: 'tools' })
      await this.listTools() // The tool's `x-mcp-header` annotations have changed: fetch them again.
      return call()
    }
  }

  /** Fetches the tool's output schema. If that fails, the result is returned unchecked: rejecting it could make the caller repeat the call. */
  async #learnTool(name: string, { signal, timeout }: RequestOptions): Promise<void> {
    try {
      await this.listTools({ signal, timeout })
    } catch (cause) {
      this.#connection.settings.onFault(new ClientError('GANGWAY_E_RESULT', `${this.#connection.name}: the result of tool ${name} is not checked, because tools/list failed`, { cause }))
    }
  }

  /**
   * Fetches all pages of a list. An empty or repeated `nextCursor` ends the list, because some servers return their only page for any cursor.
   * Entries with the `key` of an earlier entry are dropped. Throws `GANGWAY_E_RESULT` if the list exceeds the page or size limit.
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
        if (isRepeated) this.#report(`${method} repeats the cursor ${excerpt(String(cursor))}. The list ends there`)
        else if (repeated.size > 0) this.#report(`${method} has several entries with the same ${key}. Only the first is used: ${someOf([...repeated].map((id) => excerpt(String(id), 60)))}`)
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
    if (this.#hasOwnEra) return this.request(method, params, options)
    const { cache } = this.#connection
    const kept = cache.get(method, params)
    if (kept) return kept
    const { version } = cache
    const result = await this.request(method, params, options)
    if (!this.#era.serverAsks && version === cache.version && isObject(result)) cache.put(method, params, result)
    return result
  }
}
