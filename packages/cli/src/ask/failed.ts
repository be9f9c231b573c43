/** Reports what could not be fetched: servers of several, and single lists. The exit code shows it where it was asked for. */
import { GangwayError, isGangwayError } from '@gangway/core'
import { PeerError } from '@gangway/core/client'
import { ErrorCode } from '@gangway/core/jsonrpc'
import { blame } from '../errors.ts'
import { say } from '../output.ts'
import type { FailedLists } from './offer.ts'

export function report(failed: ReadonlyMap<string, string>): void {
  for (const [name, reason] of failed) blame(new GangwayError('GANGWAY_E_UNREACHABLE', `${name}: ${reason}`))
}

/** For a command that shows whatever a server offers. */
export function noteFailedLists(failedLists: FailedLists): void {
  for (const [list, error] of failedLists) say(`warning: the server failed to list its ${list}: ${reasonOf(error)}`)
}

/** For a command that names its lists. A server that does not know a list has no entries in it: that is no failure. */
export function reportFailedLists(failedLists: FailedLists): void {
  for (const [list, error] of failedLists) {
    if (error instanceof PeerError && error.code === ErrorCode.MethodNotFound) noteFailedLists(new Map([[list, error]]))
    else blame(new GangwayError(isGangwayError(error) ? error.code : 'GANGWAY_E_REFUSED', `The server failed to list its ${list}: ${reasonOf(error)}`, { cause: error }))
  }
}

const reasonOf = (error: Error): string => (error instanceof PeerError ? `${error.message} (${error.code})` : error.message)
