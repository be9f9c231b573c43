/** Loaded before a contender: tells its parent what it has used so far, and keeps nothing alive. */

import { setTimeout as sleep } from 'node:timers/promises'

process.on('message', async (/** @type {{ id: number, collect: boolean }} */ { id, collect }) => {
  if (collect) await collectGarbage()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ id, usage: { cpu: user + system, rss, heapUsed, external } })
})
process.channel?.unref()

async function collectGarbage() {
  for (let round = 0; round < 4; round++) {
    globalThis.gc?.()
    await sleep(20) // What was freed is given back by threads of V8's own.
  }
}
