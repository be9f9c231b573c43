/** tools/call over HTTP with large arguments and large results. */

import { deepStrictEqual } from 'node:assert/strict'
import { leanLanes } from '../contenders/index.mjs'
import { call } from '../load/messages.mjs'
import { race } from '../race.mjs'
import { raceTable } from '../report/race-table.mjs'
import { httpEntrant } from './http.mjs'

const SIZES = { '64 KiB': 2 ** 16, '1 MiB': 2 ** 20 }
const CONNECTIONS = 8

/** @type {import('./index.mjs').Work} */
export async function httpLarge({ only, pace }) {
  const works = Object.entries(SIZES).flatMap(([size, bytes]) => [
    { title: `${size} of arguments`, request: call('measure', { text: 'x'.repeat(bytes) }), text: String(bytes), settings: { names: [/** @type {const} */ ('measure')] } },
    { title: `${size} of results`, request: call('large', { bytes }), text: 'x'.repeat(bytes), settings: { names: [/** @type {const} */ ('large')] } },
  ])
  /** @type {import('./index.mjs').Outcome & { results: Record<string, unknown> }} */
  const outcome = { results: {}, tables: [] }
  for (const { title, request, text, settings } of works) {
    const expected = (/** @type {{ content: unknown }} */ { content }) => deepStrictEqual(content, [{ type: 'text', text }])
    const results = await race(leanLanes('http', only).map((lane) => httpEntrant(lane, { request, expected, settings, connections: CONNECTIONS })), pace)
    outcome.results[title] = results
    outcome.tables.push(raceTable(`tools/call over HTTP, ${title}`, results, { note: `${CONNECTIONS} connections.` }))
  }
  return outcome
}
