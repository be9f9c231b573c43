/** The settings of a connected client, with every default applied. */
import type { Params } from '../jsonrpc/message.ts'
import type { ClientCapabilities, Implementation } from '../protocol/types/base-types.ts'
import type { LogLevel } from '../protocol/types/log-level.ts'
import type { InputContext } from './input-handlers.ts'
import type { ClientError } from './client-errors.ts'

export interface Settings {
  readonly info: Implementation
  readonly capabilities: ClientCapabilities
  /** Minimum level of log messages to request. Undefined leaves the choice to the server; a server of revision 2026-07-28 then sends none. */
  logLevel: LogLevel | undefined
  /** Milliseconds to wait for a response. Progress resets the timer. */
  readonly timeout: number
  /** Maximum total milliseconds to wait for a response. */
  readonly totalTimeout: number
  readonly answer: (method: string, params: Params, ctx: InputContext) => Promise<object>
  readonly onNotification: (method: string, params: Params) => void
  readonly onFault: (error: ClientError) => void
}
