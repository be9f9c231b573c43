/** Says why a server elsewhere cannot be asked anything. */
import { GangwayError, isGangwayError } from '@gangway/core'
import { messageOf } from '../errors.ts'

/** `name` is that of one server among several. */
export function unreachable(error: unknown, name = ''): GangwayError {
  const prefix = name === '' ? '' : `${name}: `
  if (isGangwayError(error)) return new GangwayError(error.code, `${prefix}${error.message}`, { cause: error })
  return new GangwayError('GANGWAY_E_UNREACHABLE', `${prefix}The server refused the handshake, ${messageOf(error)}: look at its own log`, { cause: error })
}
