/** `npm run bench -- profile <workload>`: records a CPU profile of each contender. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { bars } from './plot/bars.mjs'
import { profileTables, summarise } from './report/profile.mjs'
import { toText } from './report/table.mjs'
import { WORKS } from './work/index.mjs'

/**
 * Prints the tables, and writes a picture for each workload into `directory`, if given.
 * @param {string[]} names of workloads that are races
 * @param {import('./work/index.mjs').Settings} settings
 * @param {URL} [directory]
 */
export async function profile(names, { only, pace }, directory) {
  for (const work of names) {
    /** @type {import('./report/profile.mjs').Summary[]} */
    const summaries = []
    const watch = async (/** @type {string} */ name, /** @type {import('./race.mjs').Runner} */ { child, round }) => {
      pace.say(`sampling ${name}`)
      await child.ask('sample')
      const done = await round(pace.seconds * 1000)
      summaries.push(summarise(name, await child.ask('samples'), done))
    }
    await WORKS[work]?.run({ only, pace: { ...pace, watch } })
    for (const table of summaries.flatMap(profileTables)) console.log(toText(table))
    if (directory) {
      mkdirSync(directory, { recursive: true })
      const picture = bars(`Where the time goes: ${WORKS[work]?.about}`, summaries.map(({ name, micros, parts }) => ({ name, total: micros, parts })), 'µs')
      writeFileSync(new URL(`profile-${work}.svg`, directory), picture)
    }
  }
}
