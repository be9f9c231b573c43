/** Sessions opened per second, and the memory of an idle session. */

import { serve } from '../child.mjs'
import { awake } from '../cores.mjs'
import { lanes } from '../contenders/index.mjs'
import { HttpClient } from '../load/http-client.mjs'
import { race } from '../race.mjs'
import { decimal, whole } from '../report/numbers.mjs'
import { raceTable } from '../report/race-table.mjs'
import { CONNECTIONS } from './http.mjs'

/** Sessions that are opened to measure memory, and before the first measurement. */
const IDLE = 10_000
const FIRST = 500
/** Connections that open them in parallel: some servers take a second for each session. */
const MANY = 128
/** Seconds after which no more sessions are opened: some servers take one for each. */
const OPEN_SECONDS = 30

/**
 * @typedef {import('../contenders/index.mjs').Lane} Lane
 * @typedef {{ name: string, sessions: number, heap: number, rss: number, failed?: string }} Kept bytes per session
 */

/** @type {import('./index.mjs').Work} */
export async function sessions({ only, pace }) {
  const chosen = sessionLanes(only)
  const opened = await race(chosen.map(entrant), pace)
  /** @type {Kept[]} */
  const kept = []
  for (const lane of chosen) {
    pace.say(`idle sessions: ${lane.name}`)
    kept.push(await keptBy(lane).catch((error) => ({ name: lane.name, sessions: 0, heap: Number.NaN, rss: Number.NaN, failed: String(error) })))
  }
  pace.say('')
  const tables = [
    raceTable('Sessions opened over HTTP', opened, { unit: 'sessions/s', note: `initialize and notifications/initialized, ${CONNECTIONS} connections. This workload has no floor.` }),
    {
      title: 'Memory of an idle session',
      note: `Measured after garbage collection, before and after opening ${whole(IDLE)} sessions, or as many as open in ${OPEN_SECONDS} seconds. No stream is open.`,
      columns: ['', 'sessions', 'heap per session, bytes', 'resident memory per session, bytes'],
      rows: kept.map(({ name, sessions, heap, rss }) => [name, whole(sessions), decimal(heap), decimal(rss)]),
    },
  ]
  return { results: { opened, kept }, tables }
}

/** Contenders on Fastify or their own server, in the mode with sessions. @param {string[]} only */
export const sessionLanes = (only) => lanes('http', only).filter(({ mode, contender }) => mode === 'session' && (contender.kind === 'peer' || contender.name === 'Gangway'))

/**
 * @param {Lane} lane
 * @returns {import('../race.mjs').Entrant}
 */
function entrant({ name, contender }) {
  const begin = async () => {
    const { child, port } = await serve(contender.program, { mode: 'session', ...contender.settings })
    const round = async (/** @type {number} */ milliseconds) => {
      const before = await child.usage()
      const begun = performance.now()
      const answered = await awake(() => openWhile(port, CONNECTIONS, () => performance.now() - begun < milliseconds))
      return { answered, seconds: (performance.now() - begun) / 1000, cpu: (await child.usage()).cpu - before.cpu }
    }
    return { child, round, end: () => child.stop() }
  }
  return { name, kind: contender.kind, begin }
}

/**
 * Opens sessions, one after the other on each connection.
 * @param {number} port
 * @param {number} connections
 * @param {() => boolean} more
 * @returns {Promise<number>} number of sessions
 */
async function openWhile(port, connections, more) {
  let count = 0
  const client = async () => {
    const client = new HttpClient(port, 'session')
    await client.open()
    count++
    for (; more(); count++) await client.newSession()
    client.close()
  }
  await Promise.all(Array.from({ length: connections }, client))
  return count
}

/**
 * @param {number} port
 * @param {number} count
 * @param {number} [end] when to stop, in the time of `performance.now()`
 */
export function openSessions(port, count, end = Infinity) {
  const connections = Math.min(count, MANY)
  let left = count - connections // Each connection opens at least one.
  return openWhile(port, connections, () => left-- > 0 && performance.now() < end)
}

/**
 * @param {Lane} lane
 * @returns {Promise<Kept>}
 */
async function keptBy({ name, contender }) {
  const { child, port } = await serve(contender.program, { mode: 'session', ...contender.settings, maxSessions: 2 * IDLE }, { flags: ['--expose-gc'] })
  try {
    const end = performance.now() + OPEN_SECONDS * 1000
    await openSessions(port, FIRST)
    const before = await child.ask('collect')
    const sessions = await openSessions(port, IDLE, end)
    const after = await child.ask('collect')
    return { name, sessions, heap: (after.heapUsed + after.external - before.heapUsed - before.external) / sessions, rss: (after.rss - before.rss) / sessions }
  } finally {
    await child.stop()
  }
}
