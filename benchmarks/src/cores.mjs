/** One core for the servers and another one for the load, where the system can pin. */

import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const works = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

const LOAD = '0'
const SERVER = '1'

/** What the results have to say about it. */
export const pinning = works ? 'server and load on one core each (taskset)' : 'not pinned to cores: taskset or a second core is missing'

/** Keeps this process, which makes the load, to its core. */
export function pinLoad() {
  if (works) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', LOAD, String(process.pid)])
}

/**
 * @param {string[]} command
 * @returns {[string, ...string[]]} the command that runs it on the core of the servers
 */
export function pinned(command) {
  const [file = '', ...args] = works ? ['taskset', '--cpu-list', SERVER, ...command] : command
  return [file, ...args]
}
