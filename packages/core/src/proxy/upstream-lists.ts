/** Caches the lists of an upstream. Each list is fetched on demand and kept until the upstream reports a change. */
import type { Client, RequestOptions } from '../client/mcp-client.ts'
import { ClientError } from '../client/client-errors.ts'
import { PeerError } from '../jsonrpc/outgoing-requests.ts'
import { ErrorCode } from '../jsonrpc/rpc-error-codes.ts'
import { LIST_NAMES, type ListName } from '../protocol/lists.ts'
import type { Lists } from './forwarded-definition.ts'

/** The requests that fetch the lists. Resources and templates are two parts of the same list, which change together. */
type Part = keyof Lists
type Items = Lists[Part]

export interface ListHooks {
  /** Called when a part of the lists, such as `resource templates`, could not be fetched. It is served as empty. */
  readonly onFault: (part: string, error: Error) => void
  /** Called when a list that failed before has been fetched. */
  readonly onRecovered: (list: ListName) => void
}

/** Maximum milliseconds to wait for one page of a list, so that a slow list does not delay the others. A shorter `timeout` of the proxy takes precedence. */
const MAX_TIMEOUT = 30_000
/** Milliseconds between the second and the third attempt to fetch a failing list. Each failure doubles them. The second attempt is immediate. */
const BACKOFF = 500
const MAX_BACKOFF = 30_000

const EMPTY: Lists = { tools: [], resources: [], templates: [], prompts: [] }

const PARTS: Readonly<Record<ListName, readonly Part[]>> = { tools: ['tools'], resources: ['resources', 'templates'], prompts: ['prompts'] }

const NAMES: Readonly<Record<Part, string>> = { tools: 'tools', resources: 'resources', templates: 'resource templates', prompts: 'prompts' }

const FETCH: Readonly<Record<Part, (client: Client, options: RequestOptions) => Promise<Items>>> = {
  tools: (client, options) => client.listTools(options),
  resources: (client, options) => client.listResources(options),
  // Many servers with resources do not implement templates.
  templates: (client, options) => client.listResourceTemplates(options).catch((error: unknown) => (isUnknownMethod(error) ? [] : Promise.reject(error as Error))),
  prompts: (client, options) => client.listPrompts(options),
}

interface Failure {
  readonly attempts: number
  /** Time in milliseconds from which a request may fetch the list again. */
  readonly retryAt: number
}

export class CachedLists {
  readonly #client: Client
  readonly #hooks: ListHooks
  readonly #options: RequestOptions
  readonly #kept = new Map<Part, Promise<Items>>()
  readonly #failures = new Map<Part, Failure>()
  readonly #retrying = new Map<Part, Promise<void>>()
  #whole: Promise<Lists> | undefined

  /** `timeout` is the request timeout of the proxy in milliseconds. */
  constructor(client: Client, hooks: ListHooks, timeout: number) {
    this.#client = client
    this.#hooks = hooks
    this.#options = { timeout: Math.min(timeout, MAX_TIMEOUT) }
  }

  /** The cached lists; undefined if they must be fetched. */
  get current(): Promise<Lists> | undefined {
    return this.#whole
  }

  /** Names of the parts that could not be fetched, such as `prompts`. */
  get missing(): string[] {
    return (Object.keys(NAMES) as Part[]).filter((part) => this.#failures.has(part)).map((part) => NAMES[part])
  }

  /** Resolves with the same object until a list changes. Rejects if the connection fails, or if every list fails. */
  get(): Promise<Lists> {
    this.#whole ??= this.#gather().catch((error: unknown) => {
      this.forget()
      throw error
    })
    return this.#whole
  }

  /** Fetches the failed parts of this list again, unless the pause after the last attempt has not passed. Other requests do not wait for it. Never rejects. */
  async retry(list: ListName): Promise<void> {
    await Promise.all(PARTS[list].map((part) => {
      const failure = this.#failures.get(part)
      if (!this.#retrying.has(part) && failure && failure.retryAt <= Date.now()) this.#retrying.set(part, this.#retry(list, part).finally(() => this.#retrying.delete(part)))
      return this.#retrying.get(part)
    }))
  }

  /** Discards one list, or all lists. They are fetched again when they are next needed. */
  forget(list?: ListName): void {
    for (const part of list ? PARTS[list] : (Object.keys(EMPTY) as Part[])) {
      this.#kept.delete(part)
      this.#failures.delete(part)
    }
    this.#whole = undefined
  }

  async #gather(): Promise<Lists> {
    const lists = LIST_NAMES.filter((list) => this.#client.server.capabilities[list])
    const parts = lists.flatMap((list) => PARTS[list])
    const outcomes = await Promise.allSettled(parts.map((part) => this.#one(part)))
    const failures = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ part: parts[index] as Part, error: outcome.reason as Error }] : []))
    const isEveryList = failures.filter(({ part }) => part !== 'templates').length === lists.length
    const fatal = failures.find(({ error }) => isEveryList || !isOfList(error))
    if (fatal) throw fatal.error
    for (const { part, error } of failures) this.#hooks.onFault(NAMES[part], error)
    return Object.assign({ ...EMPTY }, ...outcomes.map((outcome, index) => (outcome.status === 'fulfilled' ? { [parts[index] as Part]: outcome.value } : {}))) as Lists
  }

  #one(part: Part): Promise<Items> {
    const kept = this.#kept.get(part) ?? this.#fetch(part)
    this.#kept.set(part, kept)
    return kept
  }

  /** Also caches a failure; `retry()` replaces it. */
  #fetch(part: Part): Promise<Items> {
    const fetched = FETCH[part](this.#client, this.#options)
    fetched.catch((error: unknown) => {
      if (this.#kept.get(part) === fetched) this.#failed(part, error)
    })
    return fetched
  }

  async #retry(list: ListName, part: Part): Promise<void> {
    const before = this.#kept.get(part)
    try {
      const items = await FETCH[part](this.#client, this.#options)
      if (this.#kept.get(part) !== before) return // The upstream has reported a change since.
      this.#kept.set(part, Promise.resolve(items))
      this.#failures.delete(part)
      this.#whole = undefined
      this.#hooks.onRecovered(list)
    } catch (error) {
      if (this.#kept.get(part) !== before) return
      this.#failed(part, error)
      this.#hooks.onFault(NAMES[part], error as Error)
    }
  }

  #failed(part: Part, error: unknown): void {
    const attempts = (this.#failures.get(part)?.attempts ?? 0) + 1
    const pause = isUnknownMethod(error) ? Number.POSITIVE_INFINITY : attempts === 1 ? 0 : Math.min(BACKOFF * 2 ** (attempts - 2), MAX_BACKOFF)
    this.#failures.set(part, { attempts, retryAt: Date.now() + pause })
  }
}

/** If the upstream does not know the method, another attempt on the same connection cannot succeed. */
function isUnknownMethod(error: unknown): boolean {
  return error instanceof PeerError && error.code === ErrorCode.MethodNotFound
}

/** Whether the error concerns only this list: the upstream returned an error or was slow. Other requests may still succeed. */
const isOfList = (error: unknown): boolean => error instanceof PeerError || (error instanceof ClientError && (error.code === 'GANGWAY_E_RESULT' || error.code === 'GANGWAY_E_TIMEOUT'))
