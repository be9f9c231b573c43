/** Loaded before a contender: tells its parent what it has used so far, samples where the time goes if asked to, and keeps nothing alive. */

import { setTimeout as sleep } from 'node:timers/promises'

/** @type {import('node:inspector').Session | undefined} */
let session

/** @type {Record<string, () => unknown>} */
const questions = {
  usage: () => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { cpu: user + system, rss, heapUsed, external }
  },
  collect: async () => {
    for (let round = 0; round < 4; round++) {
      globalThis.gc?.()
      await sleep(20) // What was freed is given back by threads of V8's own.
    }
    return questions['usage']?.()
  },
  sample: async () => {
    const { Session } = await import('node:inspector') // Nobody else is to pay for it.
    session = new Session()
    session.connect()
    for (const method of ['Profiler.enable', 'Profiler.start']) session.post(method)
  },
  samples: () => new Promise((resolve) => session?.post('Profiler.stop', (_error, { profile }) => resolve(profile))),
}

process.on('message', async (/** @type {{ id: number, question: string }} */ { id, question }) => process.send?.({ id, answer: await questions[question]?.() }))
process.channel?.unref()
