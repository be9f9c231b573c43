/** tools/call over HTTP with progress notifications: one event stream for each call. */

import { deepStrictEqual, equal } from 'node:assert/strict'
import { leanLanes } from '../contenders/index.mjs'
import { race } from '../race.mjs'
import { raceTable } from '../report/race-table.mjs'
import { httpEntrant } from './http.mjs'

const STEPS = 100
const request = { method: 'tools/call', params: { name: 'steps', arguments: { count: STEPS }, _meta: { progressToken: 7 } } }

/** @type {import('./index.mjs').Work} */
export async function httpProgress({ only, pace }) {
  const chosen = leanLanes('http', only).filter(({ name }) => name !== 'Fastify')
  const entrants = chosen.map((lane) => httpEntrant(lane, { request, expected, settings: { names: ['steps'] } }))
  const results = await race(entrants, pace)
  return { results, tables: [raceTable(`tools/call over HTTP with ${STEPS} progress notifications`, results, { note: 'One event stream for each call; the figures count calls. The floor writes each event separately.' })] }
}

/**
 * @param {{ content: unknown }} result
 * @param {import('../load/reply-parser.mjs').Reply} reply
 */
function expected({ content }, { body }) {
  deepStrictEqual(content, [{ type: 'text', text: 'done' }])
  equal(body.toString().split('"notifications/progress"').length - 1, STEPS)
}
