/** What a client says of itself, and how it takes what comes. */
import type { Params } from '../jsonrpc/message.ts'
import type { ClientCapabilities, Implementation } from '../protocol/types/base.ts'
import type { LogLevel } from '../protocol/types/logging.ts'
import type { QuestionContext } from './answers.ts'
import type { ClientError } from './errors.ts'

export interface Settings {
  readonly info: Implementation
  readonly capabilities: ClientCapabilities
  /** From which level on the client wants log messages; undefined leaves it to the server, which since 2026-07-28 means none. */
  logLevel: LogLevel | undefined
  /** Milliseconds. */
  readonly timeout: number
  /** Milliseconds. */
  readonly maxTimeout: number
  readonly answer: (method: string, params: Params, ctx: QuestionContext) => Promise<object>
  readonly onNotification: (method: string, params: Params) => void
  readonly onFault: (error: ClientError) => void
}
