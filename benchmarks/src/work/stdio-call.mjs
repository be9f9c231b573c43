/** tools/call on stdio, with many calls in flight. */

import { Child } from '../child.mjs'
import { lanes } from '../contenders/index.mjs'
import { StdioLoad } from '../load/stdio-load.mjs'
import { race } from '../race.mjs'
import { raceTable } from '../report/race-table.mjs'
import { echo, isEcho } from './echo.mjs'

const INFLIGHT = 64

/**
 * @param {import('../contenders/index.mjs').Lane} lane
 * @returns {import('../race.mjs').Entrant}
 */
function stdioEntrant({ name, mode, contender }) {
  const begin = async () => {
    const child = new Child(contender.program, { transport: 'stdio', mode, ...contender.settings })
    const load = new StdioLoad(child, mode)
    await load.open()
    const round = async (/** @type {number} */ milliseconds) => {
      const before = await child.usage()
      const driven = await load.drive(echo, isEcho, INFLIGHT, milliseconds)
      return { ...driven, cpu: (await child.usage()).cpu - before.cpu }
    }
    return { child, round, end: () => child.stop() }
  }
  return { name, kind: contender.kind, begin }
}

/** @type {import('./index.mjs').Work} */
export async function stdioCall({ only, pace }) {
  const results = await race(lanes('stdio', only).map(stdioEntrant), pace)
  return { results, tables: [raceTable('tools/call on stdio', results, { unit: 'calls/s', note: `16 bytes in and out, one tool, ${INFLIGHT} calls in flight.` })] }
}
