/** tools/list of 50 tools over HTTP. */

import { equal } from 'node:assert/strict'
import { serve } from '../child.mjs'
import { leanLanes } from '../contenders/index.mjs'
import { HttpClient, resultOf } from '../load/http-client.mjs'
import { nextId } from '../load/messages.mjs'
import { race } from '../race.mjs'
import { raceTable } from '../report/race-table.mjs'
import { httpEntrant } from './http.mjs'

const TOOLS = 50
const request = { method: 'tools/list', params: {} }

/** @type {import('./index.mjs').Work} */
export async function httpList({ only, pace }) {
  const chosen = leanLanes('http', only)
  const ours = chosen.find(({ contender }) => contender.kind === 'ours')
  const result = ours ? await listOf(ours) : undefined // The floors send the same bytes.
  const entrants = chosen.map((lane) => {
    const floor = lane.contender.kind === 'floor'
    return httpEntrant(lane, { request, expected: ({ tools }) => equal(tools.length, TOOLS), settings: { tools: TOOLS, ...(floor && result && { result }) } })
  })
  const results = await race(entrants, pace)
  return { results, tables: [raceTable(`tools/list of ${TOOLS} tools over HTTP`, results, { note: `The floors send the same ${result?.length ?? 0} bytes as Gangway, from a prepared string.` })] }
}

/** @param {import('../contenders/index.mjs').Lane} lane */
async function listOf({ mode, contender }) {
  const { child, port } = await serve(contender.program, { mode, ...contender.settings, tools: TOOLS })
  const client = new HttpClient(port, mode)
  await client.open()
  try {
    return JSON.stringify(resultOf(await client.ask(client.template(request)(nextId()))))
  } finally {
    client.close()
    await child.stop()
  }
}
