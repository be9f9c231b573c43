/** What the engine reads from a server: a compiled snapshot of its items, and the members that do not depend on them. */
import type { Params } from '../jsonrpc/message.ts'
import type { Implementation, ServerCapabilities } from '../protocol/types/base-types.ts'
import type { PromptDescription } from '../protocol/types/prompt-types.ts'
import type { ResourceDescription, ResourceTemplateDescription } from '../protocol/types/resource-types.ts'
import type { ToolDescription } from '../protocol/types/tool-types.ts'
import type { AccessRules } from './access.ts'
import type { CacheHints } from './cache-hints.ts'
import type { ChangeHub } from './changes.ts'
import type { Context } from '../context/context.ts'
import type { ErrorPolicy } from './error-policy.ts'
import type { Logger } from '../logging/logger.ts'
import type { Prompt } from './prompt.ts'
import type { Resource, ResourceTemplate } from './resource.ts'
import type { Route } from './route.ts'
import type { StateSeal } from '../context/request-state.ts'
import type { Tool } from './tool.ts'

/** An immutable snapshot of what a server offers. A change of the server creates a new snapshot, so it can be stored and compared by identity. */
export interface Definition {
  /** The number of items on one page of a list; undefined means no paging. */
  readonly pageSize: number | undefined
  /** The cache hints of the lists. */
  readonly cacheHints: CacheHints
  readonly capabilities: ServerCapabilities
  readonly tools: ReadonlyMap<string, Tool>
  /** The keys are normalized URIs. */
  readonly resources: ReadonlyMap<string, Resource>
  readonly templates: ReadonlyMap<string, ResourceTemplate>
  readonly prompts: ReadonlyMap<string, Prompt>
  /** The list results, in the form in which they are sent. */
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
  /** Custom routes, served over plain HTTP next to the MCP endpoint. */
  readonly routes: readonly Route[]
  /** Encrypts the state that modern clients carry between the rounds of a request. */
  readonly seal: StateSeal
  /** How long a legacy client has to respond to an elicitation, sampling or roots request, in milliseconds. */
  readonly inputTimeout: number
  /**
   * For proxies: resolves when everything that the request needs from upstreams is available. Resolves with the server as this request sees it,
   * or with undefined if that is this server. Throws `RpcError`. @default every request sees this server, at once
   */
  prepare?(method: string, params: Params, ctx: Context<unknown>): Promise<ServerDefinition | undefined>
  /** The changes for the client of a request that was passed to `prepare` before. @default `changes` */
  changesFor?(ctx: Context<unknown>): ChangeHub | undefined
  /**
   * For servers that can be replaced: called when a request begins, and returns the server that handles it to the end.
   * Returns undefined for a request that follows replacements. @default no request is pinned
   */
  pin?(method: string): PinnedServer | undefined
  /** Whether `open()` may run hooks of the author. @default it does not */
  readonly hasStartHooks?: boolean
  /** Called before a transport starts serving. The first call runs the `onStart` hooks. */
  open(): Promise<void>
  /** Called after a transport has stopped. The last call runs the `onClose` hooks. */
  close(): Promise<void>
}

/** The server as it was when a request began. It stays valid until that request has ended. */
export interface PinnedServer extends ServerDefinition {
  /** Must be called exactly once, when the request has ended. */
  release(): void
}
