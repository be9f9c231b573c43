/** Implements `logging/setLevel`, which sets the lowest level of the log messages that a session receives. */
import { InvalidParamsError } from '../jsonrpc/rpc-errors.ts'
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../protocol/types/log-level.ts'
import type { Method } from './method.ts'
import { stringParam } from './params.ts'

export interface LoggedSession {
  setLogLevel(level: LogLevel): void
}

export const setLogLevel: Method<LoggedSession> = (_server, params, { session }) => {
  const level = stringParam(params, 'level')
  if (!isLogLevel(level)) throw new InvalidParamsError(`Unknown log level "${level}": use ${LOG_LEVELS.join(', ')}`)
  session.setLogLevel(level)
  return {}
}
