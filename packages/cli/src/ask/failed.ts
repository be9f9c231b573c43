/** Of several servers, those that were not there: said, and seen in the exit code. */
import { GangwayError } from '@gangway/core'
import { blame } from '../errors.ts'

export function report(failed: ReadonlyMap<string, string>): void {
  for (const [name, reason] of failed) blame(new GangwayError('GANGWAY_E_UNREACHABLE', `${name}: ${reason}`))
}
