/** Reports unreachable servers and lists that could not be fetched. */
import { GangwayError, isGangwayError, ErrorCode } from '@gangway/core'
import { PeerError } from '@gangway/core/client'
import { reportError } from '../errors.ts'
import { logLine } from '../output.ts'
import type { FailedLists } from './fetch-lists.ts'

export function report(failed: ReadonlyMap<string, string>): void {
  for (const [name, reason] of failed) reportError(new GangwayError('GANGWAY_E_UNREACHABLE', `${name}: ${reason}`))
}

/** For `inspect`, which prints whatever is available: a warning, without an exit code. */
export function noteFailedLists(failedLists: FailedLists): void {
  for (const [list, error] of failedLists) logLine(`warning: the server failed to list its ${list}: ${reasonOf(error)}`)
}

/** For `list`, where the user requested the lists: sets the exit code. A list that the server does not implement is empty, which is not an error. */
export function reportFailedLists(failedLists: FailedLists): void {
  for (const [list, error] of failedLists) {
    if (error instanceof PeerError && error.code === ErrorCode.MethodNotFound) noteFailedLists(new Map([[list, error]]))
    else reportError(new GangwayError(isGangwayError(error) ? error.code : 'GANGWAY_E_REFUSED', `The server failed to list its ${list}: ${reasonOf(error)}`, { cause: error }))
  }
}

const reasonOf = (error: Error): string => (error instanceof PeerError ? `${error.message} (${error.code})` : error.message)
