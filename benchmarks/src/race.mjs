/** Runs rounds of all contenders in turn, so that other load on the machine affects all of them alike. */

import { median } from './report/numbers.mjs'

/**
 * @typedef {{ answered: number, seconds: number, cpu: number }} Round `cpu` is the server's CPU time in microseconds
 * @typedef {{ name: string, kind: 'floor' | 'ours' | 'peer', begin(): Promise<Runner> }} Entrant
 * @typedef {{ child: import('./child.mjs').Child, round(milliseconds: number): Promise<Round>, end(): Promise<unknown> }} Runner
 * @typedef {{ name: string, kind: 'floor' | 'ours' | 'peer', rates: number[], cpus: number[], failed?: string }} Result `rates` are requests per second, `cpus` microseconds per request
 * @typedef {{ rounds: number, seconds: number, say(text: string): void, watch?: (name: string, runner: Runner) => Promise<unknown> }} Pace `watch` is called instead of the rounds
 */

/**
 * Starts and warms up all contenders, and measures them round by round. A contender that fails is skipped from then on; its result has the error.
 * @param {Entrant[]} entrants
 * @param {Pace} pace
 * @returns {Promise<Result[]>}
 */
export async function race(entrants, { rounds, seconds, say, watch }) {
  const milliseconds = seconds * 1000
  /** @type {(Result & { runner?: Runner })[]} */
  const results = entrants.map(({ name, kind }) => ({ name, kind, rates: [], cpus: [] }))
  try {
    for (const [index, entrant] of entrants.entries()) {
      say(`warming up ${entrant.name}`)
      await attempt(at(results, index), async (result) => {
        result.runner = await entrant.begin()
        await warmUp(result.runner, milliseconds)
      })
    }
    if (watch) for (const result of results) await attempt(result, ({ name, runner }) => watch(name, /** @type {Runner} */ (runner)))
    for (let round = 0; round < (watch ? 0 : rounds); round++) {
      for (const result of results) {
        say(`round ${round + 1} of ${rounds}: ${result.name}`)
        await attempt(result, async ({ runner, rates, cpus }) => {
          const { answered, seconds, cpu } = await /** @type {Runner} */ (runner).round(milliseconds)
          rates.push(answered / seconds)
          cpus.push(cpu / answered)
        })
      }
    }
  } finally {
    for (const { runner } of results) await runner?.end()
    say('')
  }
  return results.map(({ runner: _, ...result }) => result)
}

/**
 * Runs until the server has used the CPU time of three rounds, because the state of V8's compiler depends on the work done, not on the time.
 * @param {Runner} runner
 * @param {number} milliseconds
 */
async function warmUp(runner, milliseconds) {
  const end = performance.now() + 9 * milliseconds
  for (let worked = 0; worked < 3 * milliseconds && performance.now() < end; ) worked += (await runner.round(milliseconds)).cpu / 1000
}

/**
 * @param {Result & { runner?: Runner }} result
 * @param {(result: Result & { runner?: Runner }) => Promise<unknown>} work
 */
async function attempt(result, work) {
  if (result.failed) return
  try {
    await work(result)
  } catch (error) {
    result.failed = error instanceof Error ? error.message : String(error)
    result.rates = result.cpus = []
  }
}

/**
 * @template Item
 * @param {Item[]} items
 * @param {number} index
 */
const at = (items, index) => /** @type {Item} */ (items[index])

/** The median of the rounds. @param {Result | undefined} result */
export const rateOf = (result) => median(result?.rates ?? [])
/** @param {Result | undefined} result */
export const cpuOf = (result) => median(result?.cpus ?? [])
