/** Cost of a call, by the number of tools. */

import { leanLanes } from '../contenders/index.mjs'
import { lines } from '../plot/lines.mjs'
import { cpuOf, race } from '../race.mjs'
import { decimal } from '../report/numbers.mjs'
import { echo, isEcho } from './echo.mjs'
import { httpEntrant } from './http.mjs'

const COUNTS = [1, 10, 100, 300, 1000]
const NAMES = ['Gangway, 2025 session', 'Gangway, 2026', 'mcp-lite, 2025 session', 'tmcp, 2026', 'SDK 2.x, 2026']

/** @type {import('./index.mjs').Work} */
export async function growthTools({ only, pace }) {
  const chosen = leanLanes('http', only).filter(({ name }) => NAMES.includes(name))
  const entrants = chosen.flatMap((lane) => COUNTS.map((tools) => ({ ...httpEntrant(lane, { request: echo, expected: isEcho, settings: { tools } }), name: `${lane.name}, ${tools}` })))
  const results = await race(entrants, pace)
  const series = chosen.map(({ name }) => ({ name, points: COUNTS.map((tools) => /** @type {[number, number]} */ ([tools, cpuOf(results.find((result) => result.name === `${name}, ${tools}`))])) }))
  const title = 'Cost of a call, by the number of tools'
  return {
    results,
    tables: [{ title, note: 'Microseconds of server CPU for one call over HTTP.', columns: ['', ...COUNTS.map((tools) => `${tools}`)], rows: series.map(({ name, points }) => [name, ...points.map(([, cpu]) => decimal(cpu))]) }],
    pictures: { tools: lines({ title, x: 'tools', y: 'server CPU per call, µs', series: series.filter(({ points }) => points.every(([, cpu]) => Number.isFinite(cpu))), log: true }) },
  }
}
