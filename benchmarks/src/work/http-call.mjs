/** tools/call over HTTP. */

import { lanes } from '../contenders/index.mjs'
import { race } from '../race.mjs'
import { raceTable } from '../report/race-table.mjs'
import { echo, isEcho } from './echo.mjs'
import { CONNECTIONS, httpEntrant } from './http.mjs'

/** @type {import('./index.mjs').Work} */
export async function httpCall({ only, pace }) {
  const results = await race(lanes('http', only).map((lane) => httpEntrant(lane, { request: echo, expected: isEcho })), pace)
  return { results, tables: [raceTable('tools/call over HTTP', results, { note: `16 bytes in and out, one tool, ${CONNECTIONS} connections.` })] }
}
