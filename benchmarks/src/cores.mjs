/** Pins the servers to one core and the load to another, if the system supports it. */

import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const works = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

const LOAD = '0'
const SERVER = '1'

/** How the page describes the pinning. */
export const pinning = works ? 'server and load pinned to one core each (taskset), and the HTTP load never sleeps' : 'not pinned to cores, because taskset or a second core is missing'

/** Pins this process, which creates the load. */
export function pinLoad() {
  if (works) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', LOAD, String(process.pid)])
}

/**
 * Runs `work` without letting this process sleep. Otherwise a server would have to wake it for each response, which on a virtual machine can double the cost of a request.
 * Only with a separate core, because it uses all of it.
 * @template Result
 * @param {() => Promise<Result>} work
 */
export async function awake(work) {
  let over = !works
  const turn = () => void (over || setImmediate(turn))
  turn()
  try {
    return await work()
  } finally {
    over = true
  }
}

/**
 * @param {string[]} command
 * @returns {[string, ...string[]]} the command, run on the core of the servers
 */
export function pinned(command) {
  const [file = '', ...args] = works ? ['taskset', '--cpu-list', SERVER, ...command] : command
  return [file, ...args]
}
