/** Ten minutes of mixed load, with samples of the memory. */

import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../child.mjs'
import { lanes } from '../contenders/index.mjs'
import { HttpClient } from '../load/http-client.mjs'
import { HttpLoad } from '../load/http-load.mjs'
import { call, nextId } from '../load/messages.mjs'
import { lines } from '../plot/lines.mjs'
import { decimal, whole } from '../report/numbers.mjs'
import { echo, isEcho } from './echo.mjs'
import { openSessions } from './sessions.mjs'

/** Length in seconds, and seconds between two samples. Shorter rounds (`--seconds`) shorten the run. */
const LENGTH = 600
const LOOK = 5

/** @typedef {{ second: number, rss: number, heap: number, calls: number }} Look memory in MB */

/** @type {import('./index.mjs').Work} */
export async function soak({ pace }) {
  const lane = lanes('http').find(({ name }) => name === 'Gangway, 2025 session')
  if (!lane) throw new Error('The contender for the soak test is missing')
  const length = LENGTH * Math.min(1, pace.seconds)
  const { child, port } = await serve(lane.contender.program, { mode: 'session', ...lane.contender.settings, names: ['echo', 'steps', 'large'], tools: 50 })
  /** @type {Look[]} */
  const looks = []
  const state = { calls: 0, over: false }
  const begin = performance.now()
  const seconds = () => (performance.now() - begin) / 1000
  const until = async (/** @type {() => Promise<number>} */ work) => {
    while (!state.over) {
      const count = await work() // Await before reading the sum: other workloads add to it.
      state.calls += count
    }
  }
  const works = [
    ...(['session', 'modern'].map((mode) => until(async () => (await new HttpLoad(port, /** @type {import('../load/messages.mjs').Mode} */ (mode), 8, echo, isEcho).drive(2000)).answered))),
    until(() => openSessions(port, 100)), // No client closes them: the server closes the oldest ones.
    until(() => once(port, { method: 'tools/call', params: { name: 'steps', arguments: { count: 50 }, _meta: { progressToken: 1 } } })),
    until(() => once(port, call('large', { bytes: 2 ** 18 }))),
    until(() => leave(port)),
  ]
  const failed = Promise.all(works)
  failed.catch(() => (state.over = true))
  while (!state.over && seconds() < length) {
    await sleep(1000 * Math.min(LOOK, length / 10))
    const { rss, heapUsed } = await child.usage()
    looks.push({ second: seconds(), rss: rss / 1e6, heap: heapUsed / 1e6, calls: state.calls })
    pace.say(`soak: ${Math.round(seconds())} of ${length} s, ${whole(state.calls)} requests, ${decimal(rss / 1e6)} MB`)
  }
  state.over = true
  await failed.finally(() => child.stop())
  pace.say('')
  const points = (/** @type {'rss' | 'heap'} */ which) => looks.map((look) => /** @type {[number, number]} */ ([look.second, look[which]]))
  const title = 'Memory under mixed load'
  const quarters = [1, 2, 3, 4].map((quarter) => looks.slice(((quarter - 1) * looks.length) / 4, (quarter * looks.length) / 4))
  return {
    results: looks,
    tables: [
      {
        title,
        note: `${decimal(length / 60)} minutes of calls in both eras, sessions that no client closes (at most ten thousand stay open), event streams, results of 256 KiB, and clients that disconnect during a call.`,
        columns: ['', 'maximum resident, MB', 'minimum heap, MB', 'requests so far'],
        rows: quarters.map((part, quarter) => [`${decimal((quarter * length) / 240)} to ${decimal(((quarter + 1) * length) / 240)} min`, decimal(Math.max(...part.map(({ rss }) => rss))), decimal(Math.min(...part.map(({ heap }) => heap))), whole(part.at(-1)?.calls ?? Number.NaN)]),
      },
    ],
    pictures: { soak: lines({ title, x: 'seconds', y: 'MB', series: [{ name: 'resident', points: points('rss') }, { name: 'heap', points: points('heap') }] }) },
  }
}

/**
 * One call from a new client, which reads the whole response.
 * @param {number} port
 * @param {import('../load/messages.mjs').Request} request
 */
async function once(port, request) {
  const client = new HttpClient(port, 'modern')
  await client.open()
  await client.ask(client.template(request)(nextId()))
  client.close()
  return 1
}

/** A client that disconnects during a response. @param {number} port */
async function leave(port) {
  const client = new HttpClient(port, 'modern')
  await client.open()
  client.send(client.template({ method: 'tools/call', params: { name: 'steps', arguments: { count: 200 }, _meta: { progressToken: 1 } } })(nextId()))
  await sleep(5)
  client.close()
  return 1
}
