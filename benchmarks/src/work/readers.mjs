/** Growth of a server's memory when clients request large responses and do not read them. */

import { setTimeout as sleep } from 'node:timers/promises'
import { Child, serve } from '../child.mjs'
import { leanLanes } from '../contenders/index.mjs'
import { TALK } from '../contenders/offer.mjs'
import { HttpClient } from '../load/http-client.mjs'
import { around, call, nextId } from '../load/messages.mjs'
import { StdioLoad } from '../load/stdio-load.mjs'
import { decimal, whole } from '../report/numbers.mjs'

const CALLS = 400
const EVENTS = 600
/** Responses or events that are read first, so that the memory needed to produce them does not count as growth. */
const READ = 20
const MIB = 2 ** 20
/** The measurement stops after STILL samples without growth, or after LOOKS samples. PAUSE is the time between two, in milliseconds. */
const STILL = 8
const LOOKS = 80
const PAUSE = 250

/**
 * @typedef {{ growth: number, kept: number }} Growth in MiB: `growth` of the highest resident memory, and `kept`, the growth of the heap after garbage collection
 * @typedef {Growth & { name: string, failed?: string }} Grown
 */

/** @type {import('./index.mjs').Work} */
export async function readers({ only, pace }) {
  /** @type {Record<string, Grown[]>} */
  const results = { stdio: [], events: [] }
  for (const lane of leanLanes('stdio', only).filter(({ contender }) => contender.kind !== 'floor')) results.stdio?.push(await attempt(lane, stdio, pace))
  for (const lane of leanLanes('http', only).filter(({ contender }) => contender.kind !== 'floor')) results.events?.push(await attempt(lane, events, pace))
  pace.say('')
  const columns = ['', 'growth, MiB', 'after garbage collection, MiB']
  return {
    results,
    tables: [
      { title: 'A client that stops reading, on stdio', note: `${CALLS} calls with responses of ${whole(TALK / 1024)} KiB, none of which the client reads. Growth is the highest resident memory minus the one after a few calls whose responses were read.`, columns, rows: rows(results.stdio) },
      { title: 'A client that stops reading, on an event stream', note: `One call that sends ${EVENTS} progress notifications of ${whole(TALK / 1024)} KiB, none of which the client reads.`, columns, rows: rows(results.events) },
    ],
  }
}

/** @param {Grown[] | undefined} grown */
const rows = (grown = []) => grown.map(({ name, growth, kept, failed }) => [failed ? `${name} (${failed.slice(0, 60)})` : name, decimal(growth), decimal(kept)])

/**
 * @param {import('../contenders/index.mjs').Lane} lane
 * @param {(lane: import('../contenders/index.mjs').Lane) => Promise<Growth>} work
 * @param {import('../race.mjs').Pace} pace
 * @returns {Promise<Grown>}
 */
async function attempt(lane, work, pace) {
  pace.say(`clients that stop reading: ${lane.name}`)
  try {
    return { name: lane.name, ...(await work(lane)) }
  } catch (error) {
    return { name: lane.name, growth: Number.NaN, kept: Number.NaN, failed: String(error) }
  }
}

/** @param {import('../contenders/index.mjs').Lane} lane */
async function stdio({ mode, contender }) {
  const child = new Child(contender.program, { transport: 'stdio', mode, ...contender.settings, names: ['large'] }, { flags: ['--expose-gc'] })
  try {
    const load = new StdioLoad(child, mode)
    const request = call('large', { bytes: TALK })
    await load.open()
    for (let number = 0; number < READ; number++) await load.ask(request)
    const [head, tail] = around(request, mode)
    child.output.pause()
    return await growth(child, () => {
      for (let number = 0; number < CALLS; number++) child.input.write(`${head}${nextId()}${tail}\n`)
    })
  } finally {
    await child.stop()
  }
}

/** @param {import('../contenders/index.mjs').Lane} lane */
async function events({ mode, contender }) {
  const { child, port } = await serve(contender.program, { mode, ...contender.settings, names: ['talk'] }, { flags: ['--expose-gc'] })
  const client = new HttpClient(port, mode)
  try {
    await client.open()
    await client.ask(client.template(talk(READ))(nextId()))
    const bytes = client.template(talk(EVENTS))(nextId())
    client.pause()
    return await growth(child, () => client.send(bytes))
  } finally {
    client.close()
    await child.stop()
  }
}

/** @param {number} count */
const talk = (count) => ({ method: 'tools/call', params: { name: 'talk', arguments: { count }, _meta: { progressToken: 1 } } })

/**
 * @param {Child} child
 * @param {() => void} work
 * @returns {Promise<Growth>}
 */
async function growth(child, work) {
  const before = await child.ask('collect')
  const { rss } = before
  let most = rss
  let still = 0
  work()
  for (let look = 0; look < LOOKS && still < STILL; look++) {
    await sleep(PAUSE)
    const now = (await child.usage()).rss
    still = now > most + MIB ? 0 : still + 1
    most = Math.max(most, now)
  }
  const after = await child.ask('collect')
  return { growth: (most - rss) / MIB, kept: (after.heapUsed + after.external - before.heapUsed - before.external) / MIB }
}
