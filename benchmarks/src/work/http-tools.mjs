/** tools/call over HTTP on servers with many tools. */

import { leanLanes } from '../contenders/index.mjs'
import { cpuOf, race, rateOf } from '../race.mjs'
import { decimal, percent, whole } from '../report/numbers.mjs'
import { echo, isEcho } from './echo.mjs'
import { httpEntrant } from './http.mjs'

const COUNTS = [1, 50, 500]

/** @type {import('./index.mjs').Work} */
export async function httpTools({ only, pace }) {
  const chosen = leanLanes('http', only).filter(({ contender }) => contender.kind !== 'floor')
  const entrants = chosen.flatMap((lane) => COUNTS.map((tools) => ({ ...httpEntrant(lane, { request: echo, expected: isEcho, settings: { tools } }), name: `${lane.name}, ${tools} tools` })))
  const results = await race(entrants, pace)
  const of = (/** @type {string} */ name) => COUNTS.map((tools) => results.find((result) => result.name === `${name}, ${tools} tools`))
  return {
    results,
    tables: [
      {
        title: 'tools/call over HTTP, by the number of tools',
        note: 'The same call as above. The other tools are not called.',
        columns: ['', ...COUNTS.map((tools) => `${tools} tool${tools > 1 ? 's' : ''}, requests/s`), ...COUNTS.map((tools) => `${tools}, server CPU, µs`), `CPU, ${COUNTS.at(-1)} tools relative to ${COUNTS[0]}`],
        rows: chosen.map(({ name }) => {
          const found = of(name)
          return [name, ...found.map((result) => whole(rateOf(result))), ...found.map((result) => decimal(cpuOf(result))), percent(cpuOf(found.at(-1)) / cpuOf(found[0]))]
        }),
      },
    ],
  }
}
