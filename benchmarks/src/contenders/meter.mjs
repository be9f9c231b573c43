/** Preloaded into a contender: reports its CPU time and memory to the parent process, and records CPU profiles. Does not keep the process alive. */

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
      await sleep(20) // V8 returns freed memory from background threads.
    }
    return questions['usage']?.()
  },
  sample: async () => {
    const { Session } = await import('node:inspector') // Imported here, so that other runs do not load it.
    session = new Session()
    session.connect()
    for (const method of ['Profiler.enable', 'Profiler.start']) session.post(method)
  },
  samples: () => new Promise((resolve) => session?.post('Profiler.stop', (_error, { profile }) => resolve(profile))),
}

process.on('message', async (/** @type {{ id: number, question: string }} */ { id, question }) => process.send?.({ id, answer: await questions[question]?.() }))
process.channel?.unref()
