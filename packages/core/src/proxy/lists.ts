/** The lists of an upstream: fetched when they are needed, kept until the upstream reports a change, each on its own. */
import type { Client, RequestOptions } from '../client/client.ts'
import { ClientError } from '../client/errors.ts'
import { PeerError } from '../jsonrpc/pending.ts'
import { ErrorCode } from '../jsonrpc/error-codes.ts'
import { LIST_NAMES, type ListName } from '../server/changes.ts'
import type { Lists } from './forwarded-definition.ts'

/** Receives the name of a list that failed: that list is empty, and the others are served. */
export type OnListFault = (list: string, error: Error) => void

/** Milliseconds that the other lists wait for a page of one that does not come, unless `timeout` of the proxy is shorter. */
const MAX_TIMEOUT = 30_000

const EMPTY: Lists = { tools: [], resources: [], templates: [], prompts: [] }

const FETCH: Readonly<Record<ListName, (client: Client, options: RequestOptions, onFault: OnListFault) => Promise<Partial<Lists>>>> = {
  tools: async (client, options) => ({ tools: await client.listTools(options) }),
  resources: async (client, options, onFault) => {
    const templates = client.listResourceTemplates(options).catch((error: Error) => {
      const isUnknown = error instanceof PeerError && error.code === ErrorCode.MethodNotFound // Many servers with resources do not know templates.
      if (!isUnknown) onFault('resource templates', error)
      return []
    })
    return { resources: await client.listResources(options), templates: await templates }
  },
  prompts: async (client, options) => ({ prompts: await client.listPrompts(options) }),
}

export class KeptLists {
  readonly #client: Client
  readonly #onFault: OnListFault
  readonly #options: RequestOptions
  readonly #kept = new Map<ListName, Promise<Partial<Lists>>>()
  #whole: Promise<Lists> | undefined

  /** `timeout` is that of the proxy, in milliseconds. */
  constructor(client: Client, onFault: OnListFault, timeout: number) {
    this.#client = client
    this.#onFault = onFault
    this.#options = { timeout: Math.min(timeout, MAX_TIMEOUT) }
  }

  /** As they are kept; undefined if they have to be fetched. */
  get current(): Promise<Lists> | undefined {
    return this.#whole
  }

  /** The same object until a list changes. Rejects if the connection fails, or every list does. */
  get(): Promise<Lists> {
    this.#whole ??= this.#gather().catch((error: unknown) => {
      this.forget()
      throw error
    })
    return this.#whole
  }

  /** Fetches the list, or all lists, again when they are needed next. */
  forget(list?: ListName): void {
    if (list) this.#kept.delete(list)
    else this.#kept.clear()
    this.#whole = undefined
  }

  async #gather(): Promise<Lists> {
    const wanted = LIST_NAMES.filter((list) => this.#client.server.capabilities[list])
    const outcomes = await Promise.allSettled(wanted.map((list) => this.#one(list)))
    const failures = outcomes.flatMap((outcome, index) => (outcome.status === 'rejected' ? [{ list: wanted[index] as ListName, error: outcome.reason as Error }] : []))
    const fatal = failures.find(({ error }) => !isOfList(error) || failures.length === wanted.length)
    if (fatal) throw fatal.error
    for (const { list, error } of failures) this.#onFault(list, error)
    return Object.assign({ ...EMPTY }, ...outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : {}))) as Lists
  }

  #one(list: ListName): Promise<Partial<Lists>> {
    const kept = this.#kept.get(list) ?? FETCH[list](this.#client, this.#options, this.#onFault)
    this.#kept.set(list, kept)
    return kept
  }
}

/** The upstream answered, or let this request wait: other requests may work. */
const isOfList = (error: unknown): boolean => error instanceof PeerError || (error instanceof ClientError && (error.code === 'GANGWAY_E_RESULT' || error.code === 'GANGWAY_E_TIMEOUT'))
