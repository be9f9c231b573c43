/** One core for the servers and another one for the load, where the system can pin. */

import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const works = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0

const LOAD = '0'
const SERVER = '1'

/** What the results have to say about it. */
export const pinning = works ? 'server and load on one core each (taskset), where that of HTTP never sleeps' : 'not pinned to cores: taskset or a second core is missing'

/** Keeps this process, which makes the load, to its core. */
export function pinLoad() {
  if (works) spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', LOAD, String(process.pid)])
}

/**
 * Does it without ever sleeping: a server would have to wake this process for each answer, which on a virtual machine can cost as much as all else that it does.
 * On a core of our own alone, for it takes all of that.
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
 * @returns {[string, ...string[]]} the command that runs it on the core of the servers
 */
export function pinned(command) {
  const [file = '', ...args] = works ? ['taskset', '--cpu-list', SERVER, ...command] : command
  return [file, ...args]
}
