/** Memory of a server, by the number of its sessions. */

import { serve } from '../child.mjs'
import { lines } from '../plot/lines.mjs'
import { decimal, whole } from '../report/numbers.mjs'
import { openSessions, sessionLanes } from './sessions.mjs'

const STEP = 2000
const STEPS = 5
const NAMES = ['Gangway, 2025 session', 'mcp-lite, 2025 session', 'SDK 1.x, 2025 session', 'SDK 2.x, 2025 session']

/** @type {import('./index.mjs').Work} */
export async function growthSessions({ only, pace }) {
  const series = []
  for (const { name, contender } of sessionLanes(only).filter(({ name }) => NAMES.includes(name))) {
    pace.say(`sessions: ${name}`)
    const { child, port } = await serve(contender.program, { mode: 'session', ...contender.settings, maxSessions: 2 * STEP * STEPS }, { flags: ['--expose-gc'] })
    try {
      await openSessions(port, 500)
      const used = async () => {
        const { heapUsed, external } = await child.ask('collect')
        return heapUsed + external
      }
      const before = await used()
      /** @type {[number, number][]} */
      const points = [[0, 0]]
      for (let step = 1; step <= STEPS; step++) {
        await openSessions(port, STEP)
        points.push([step * STEP, ((await used()) - before) / 1e6])
      }
      series.push({ name, points })
    } finally {
      await child.stop()
    }
  }
  pace.say('')
  const title = 'Memory, by the number of idle sessions'
  const [first] = series
  return {
    results: series,
    tables: [{ title, note: 'Additional MB of heap, after garbage collection.', columns: ['', ...(first?.points ?? []).map(([sessions]) => whole(sessions))], rows: series.map(({ name, points }) => [name, ...points.map(([, used]) => decimal(used))]) }],
    pictures: { sessions: lines({ title, x: 'idle sessions', y: 'additional heap, MB', series }) },
  }
}
