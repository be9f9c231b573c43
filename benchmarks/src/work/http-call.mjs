/** tools/call over HTTP: a tool that answers 16 bytes with the same 16 bytes. */

import { deepStrictEqual } from 'node:assert/strict'
import { serve } from '../child.mjs'
import { lanes } from '../contenders/index.mjs'
import { HttpLoad } from '../load/http-load.mjs'
import { call } from '../load/messages.mjs'
import { race } from '../race.mjs'
import { raceTable } from '../report/race-table.mjs'

const CONNECTIONS = 32
const TEXT = 'sixteen bytes :)'

/**
 * A lane of a race over HTTP.
 * @param {import('../contenders/index.mjs').Lane} lane
 * @param {{ request: import('../load/messages.mjs').Request, expected: (result: any) => unknown, settings?: Partial<import('../contenders/offer.mjs').Settings>, connections?: number, flags?: string[] }} work
 * @returns {import('../race.mjs').Entrant}
 */
function httpEntrant({ name, mode, contender }, { request, expected, settings, connections = CONNECTIONS, flags = [] }) {
  const begin = async () => {
    const { child, port } = await serve(contender.program, { mode, ...contender.settings, ...settings }, { flags })
    const load = new HttpLoad(port, mode, connections, request, expected)
    const round = async (/** @type {number} */ milliseconds) => {
      let before = 0
      const driven = await load.drive(milliseconds, async () => void (before = (await child.usage()).cpu))
      return { ...driven, cpu: (await child.usage()).cpu - before }
    }
    return { round, end: () => child.stop() }
  }
  return { name, kind: contender.kind, begin }
}

export const echo = call('echo', { text: TEXT })
/** @param {{ content: unknown }} result */
export const isEcho = ({ content }) => deepStrictEqual(content, [{ type: 'text', text: TEXT }])

/** @type {import('./index.mjs').Work} */
export async function httpCall({ only, pace }) {
  const results = await race(lanes('http', only).map((lane) => httpEntrant(lane, { request: echo, expected: isEcho })), pace)
  return { results, tables: [raceTable('tools/call over HTTP', results, { note: `16 bytes in and out, one tool, ${CONNECTIONS} connections.` })] }
}
