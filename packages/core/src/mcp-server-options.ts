/** The options of `new McpServer()`. */
import type { Implementation } from './protocol/types/base-types.ts'
import { CACHE_OPTIONS, type CacheOptions } from './definition/cache-hints.ts'
import type { ErrorPolicy } from './definition/error-policy.ts'
import type { Logger } from './logging/logger.ts'
import type { StateSealOptions } from './context/request-state.ts'
import type { OptionNames } from './util/check-options.ts'

export interface McpServerOptions extends Implementation, CacheOptions {
  /** How to use this server. Many clients show this text to the model. */
  instructions?: string
  /** The number of items on one page of a list. @default all */
  pageSize?: number
  /** Scopes that every caller must have, in addition to those of the tool, resource or prompt. @default nothing */
  scopes?: readonly string[]
  /** Hides items from callers that lack their scopes, as if the items did not exist. @default false */
  hideForbidden?: boolean
  /** How the state of a request is encrypted while a modern client (protocol 2026-07-28) carries it. Processes that share one address need the same keys. */
  requestState?: StateSealOptions
  /** How long a legacy client (protocol 2025-11-25 or earlier) has to respond to an elicitation, sampling or roots request, in milliseconds. @default 600,000 */
  inputTimeout?: number
  /**
   * What clients see of an error that is neither a `ToolError` nor an `McpError`. The complete error is logged. `masked`: "Internal error" and an error id, which the
   * log line has too. `message`: the error's message. A function receives the error and where it was thrown. It returns the text for the client, or undefined to mask it.
   * @default 'masked'
   */
  errors?: ErrorPolicy
  /** @default lines on stderr, from level info or `GANGWAY_LOG_LEVEL` */
  logger?: Logger
}

export const SERVER_OPTIONS: OptionNames<McpServerOptions> = { name: true, version: true, title: true, description: true, websiteUrl: true, icons: true, instructions: true, pageSize: true, scopes: true, hideForbidden: true, ...CACHE_OPTIONS, requestState: true, inputTimeout: true, errors: true, logger: true }
