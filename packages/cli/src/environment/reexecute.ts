/** Restarts this command under another Node.js version. */
import process from 'node:process'
import { GangwayError } from '@gangway/core'
import { codeOf, messageOf } from '../errors.ts'
import { runInstead } from '../process/child-process.ts'

/** Does not return: this process exits with the exit code of the new one. Throws `GANGWAY_E_NODE` if that cannot be started. */
export async function reexecute(node: string, npm: string | undefined): Promise<never> {
  return runInstead(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: ['inherit', 'inherit', 'inherit'], npm }).catch((cause: unknown) => {
    throw new GangwayError('GANGWAY_E_NODE', `Cannot start ${node} (${String(codeOf(cause) ?? messageOf(cause))}). Choose another --node, or remove it`, { cause })
  })
}
