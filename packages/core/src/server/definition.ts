/** What the engine reads of a server: a compiled snapshot of what it offers, and the few things that live beside it. */
import type { Params } from '../jsonrpc/message.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base.ts'
import type { PromptDescription } from '../protocol/types/prompts.ts'
import type { ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resources.ts'
import type { ToolDescription } from '../protocol/types/tools.ts'
import type { AccessRules } from './access.ts'
import type { CacheHints } from './cache-hints.ts'
import type { ChangeHub } from './changes.ts'
import type { Context } from './context.ts'
import type { ErrorPolicy } from './error-policy.ts'
import type { Logger } from './logger.ts'
import type { Prompt } from './prompt.ts'
import type { Resource, ResourceTemplate } from './resource.ts'
import type { Route } from './route.ts'
import type { StateSeal } from './state.ts'
import type { Tool } from './tool.ts'

/** Never changes: a change of the server makes a new one, so whoever holds one may keep it. */
export interface Definition {
  /** Items on one page of a list; undefined: all. */
  readonly pageSize: number | undefined
  /** Of the lists. */
  readonly cacheHints: CacheHints
  readonly capabilities: ServerCapabilities
  readonly tools: ReadonlyMap<string, Tool>
  /** By normalized URI. */
  readonly resources: ReadonlyMap<string, Resource>
  readonly templates: ReadonlyMap<string, ResourceTemplate>
  readonly prompts: ReadonlyMap<string, Prompt>
  /** The list results, ready to send. */
  readonly lists: {
    readonly tools: readonly ToolDescription[]
    readonly resources: readonly ResourceDescription[]
    readonly templates: readonly ResourceTemplateDescription[]
    readonly prompts: readonly PromptDescription[]
  }
}

/** A server as the engine and the transports see it. */
export interface ServerDefinition {
  readonly info: Implementation
  readonly instructions: string | undefined
  readonly definition: Definition
  readonly access: AccessRules
  readonly changes: ChangeHub
  readonly logger: Logger
  /** What clients see of unexpected errors. @default 'masked' */
  readonly errors?: ErrorPolicy
  /** Plain HTTP beside the protocol. */
  readonly routes: readonly Route[]
  /** Seals what modern clients carry between the rounds of a request. */
  readonly seal: StateSeal
  /** Milliseconds that a legacy client, or its user, gets to answer a question. */
  readonly inputTimeout: number
  /**
   * Resolves when what a request needs is available, for servers that offer what upstreams do: with the server as this request is to see it, or with nothing where that is this one.
   * Throws `RpcError`. @default every request sees this server, at once
   */
  prepare?(method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined>
  /** A request begins: for servers that may be replaced meanwhile. Undefined for one that should follow the replacement. @default no request is pinned */
  pin?(method: string): PinnedServer | undefined
  /** Whether `open()` may run code of the author's. @default it does not */
  readonly hasStartHooks?: boolean
  /** A transport begins to serve. The first runs the `onStart` hooks. */
  open(): Promise<void>
  /** A transport has ended. The last runs the `onClose` hooks. */
  close(): Promise<void>
}

/** A server as it was when a request began, for as long as that is served. */
export interface PinnedServer extends ServerDefinition {
  /** To be called once, when the request has ended. */
  release(): void
}
