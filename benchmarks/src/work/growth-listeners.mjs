/** Cost of a change notification, by the number of clients that listen for it. */

import { serve } from '../child.mjs'
import { leanLanes } from '../contenders/index.mjs'
import { HttpClient } from '../load/http-client.mjs'
import { Listener } from '../load/listener.mjs'
import { call, nextId } from '../load/messages.mjs'
import { lines } from '../plot/lines.mjs'
import { decimal, median } from '../report/numbers.mjs'

const COUNTS = [1, 10, 100, 300, 1000]
const CHANGES = 20
/** Number of streams that are opened concurrently. */
const AT_ONCE = 50

/** @typedef {{ name: string, cpu: [number, number][], wall: [number, number][] }} Grown microseconds per change, by the number of listeners */

/** @type {import('./index.mjs').Work} */
export async function growthListeners({ only, pace }) {
  /** @type {Grown[]} */
  const results = []
  for (const lane of leanLanes('http', only).filter(({ contender }) => contender.kind === 'ours')) {
    /** @type {Grown} */
    const grown = { name: lane.name, cpu: [], wall: [] }
    for (const count of COUNTS) {
      pace.say(`${count} listeners: ${lane.name}`)
      const { cpu, wall } = await fanOut(lane, count)
      grown.cpu.push([count, cpu])
      grown.wall.push([count, wall])
    }
    results.push(grown)
  }
  pace.say('')
  const title = 'Cost of a change notification, by the number of listeners'
  const kinds = results.flatMap(({ name, cpu, wall }) => [
    { name: `${name}: server CPU`, points: cpu },
    { name: `${name}: until the last notification`, points: wall },
  ])
  return {
    results,
    tables: [{ title, note: 'Microseconds for one change of a resource to which all clients have subscribed.', columns: ['', ...COUNTS.map(String)], rows: kinds.map(({ name, points }) => [name, ...points.map(([, micros]) => decimal(micros))]) }],
    pictures: { listeners: lines({ title, x: 'listeners', y: 'per change, ms', series: kinds.map(({ name, points }) => ({ name, points: points.map(([at, micros]) => /** @type {[number, number]} */ ([at, micros / 1000])) })) }) },
  }
}

/**
 * @param {import('../contenders/index.mjs').Lane} lane
 * @param {number} count
 */
async function fanOut({ mode, contender }, count) {
  const { child, port } = await serve(contender.program, { mode, ...contender.settings, news: true })
  const listeners = Array.from({ length: count }, () => new Listener(port, mode))
  const client = new HttpClient(port, mode)
  try {
    await client.open()
    for (let from = 0; from < count; from += AT_ONCE) await Promise.all(listeners.slice(from, from + AT_ONCE).map((listener) => listener.listen('bench://news')))
    const change = client.template(call('change', {}))
    /** @type {number[]} */
    const walls = []
    let before = (await child.usage()).cpu
    for (let number = 1; number <= 2 * CHANGES; number++) {
      if (number === CHANGES + 1) before = (await child.usage()).cpu // The first half warms up the server.
      const begin = performance.now()
      await Promise.all([...listeners.map((listener) => listener.told(number)), client.ask(change(nextId()))])
      if (number > CHANGES) walls.push((performance.now() - begin) * 1000)
    }
    return { cpu: ((await child.usage()).cpu - before) / CHANGES, wall: median(walls) }
  } finally {
    for (const each of [client, ...listeners]) each.close()
    await child.stop()
  }
}
