/** `logging/setLevel`: from which level on a session wants log messages. */
import { InvalidParamsError } from '../jsonrpc/errors.ts'
import { isLogLevel, LOG_LEVELS, type LogLevel } from '../protocol/types/logging.ts'
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
