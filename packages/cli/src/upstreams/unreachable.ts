/** The error for an upstream that cannot be connected to. */
import { GangwayError, isGangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'

/** `name` is set if there are several upstreams. */
export function unreachable(error: unknown, name = ''): GangwayError {
  const prefix = name === '' ? '' : `${name}: `
  if (isGangwayError(error)) return new GangwayError(error.code, `${prefix}${error.message}`, { cause: error })
  return new GangwayError('GANGWAY_E_UNREACHABLE', `${prefix}The server rejected the handshake: ${messageOf(error)}. Check the log of the server`, { cause: error })
}
