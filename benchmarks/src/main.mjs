/** `npm run bench`: compares Gangway with other MCP libraries. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pinLoad } from './cores.mjs'
import { machine } from './machine.mjs'
import { prepare } from './prepare.mjs'
import { profile } from './profile.mjs'
import { mustReach } from './report/must-reach.mjs'
import { page } from './report/page.mjs'
import { toText } from './report/table.mjs'
import { WORKS } from './work/index.mjs'

const PAGE = new URL('../../docs/benchmarks.md', import.meta.url)
const PICTURES = new URL('../../docs/performance/', import.meta.url)
const HELP = `npm run bench -- [workload…] [options]           Run benchmarks, all by default
npm run bench -- profile <workload…> [options]   Record CPU profiles: of http-…,
                                                 stdio-call and sessions

${Object.entries(WORKS)
  .map(([name, { about, flag }]) => `  ${name.padEnd(17)} ${about}${flag ? ` (on request, or with --${flag})` : ''}`)
  .join('\n')}

  --plots         Run the workloads growth-…; with --write, draw pictures
  --soak          Run ten minutes of mixed load; --seconds below 1 shortens it
  --only <name>   Measure only the floors and the contenders whose name has this
                  prefix, such as gangway, "sdk 2" or 2026; repeatable
  --rounds <n>    Run this many rounds (default: 7)
  --seconds <n>   Set the length of a round (default: 1)
  --quick         Run 3 rounds of 0.3 s
  --json <file>   Write all results to this file
  --from <file>   Read other results from this file; measure only named workloads
  --write         Write docs/benchmarks.md, and pictures into docs/performance
  --no-prepare    Do not build, and do not install the other libraries
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    plots: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    from: { type: 'string' },
    write: { type: 'boolean', default: false },
    'no-prepare': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
/** Whether the first argument is `profile`. */
const profiles = positionals[0] === 'profile'
if (profiles) positionals.shift()
const flagged = Object.keys(WORKS).filter((name) => WORKS[name]?.flag && values[WORKS[name].flag])
const chosen = positionals.length > 0 || values.from || flagged.length > 0 ? positionals : Object.keys(WORKS).filter((name) => !WORKS[name]?.flag)
const names = [...chosen, ...flagged]
const unknown = names.filter((name) => !WORKS[name])

if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `Unknown workload: ${unknown.join(', ')}\n\n${HELP}` : HELP)
  process.exit(values.help ? 0 : 2)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1)) // The contenders stop with this process.
if (!values['no-prepare'] && names.length > 0) prepare()
pinLoad()

const say = (/** @type {string} */ text) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))
const pace = { rounds: Number(values.rounds ?? (values.quick ? 3 : 7)), seconds: Number(values.seconds ?? (values.quick ? 0.3 : 1)), say }

if (profiles) {
  await profile(names, { only: values.only, pace: { ...pace, seconds: Math.max(pace.seconds, 2) } }, values.write ? PICTURES : undefined)
  process.exit(0)
}

/** @type {import('./report/page.mjs').Run} */
const run = { machine: machine(), rounds: pace.rounds, seconds: pace.seconds, outcomes: {}, ...(values.from && JSON.parse(readFileSync(values.from, 'utf8'))) }
console.log(`\nNode ${run.machine.node}; ${run.machine.pinning}; load average ${run.machine.load}\n`)
for (const name of names) {
  const { pictures = {}, ...outcome } = await /** @type {(typeof WORKS)[string]} */ (WORKS[name]).run({ only: values.only, pace })
  for (const table of outcome.tables) console.log(toText(table))
  run.outcomes[name] = outcome
  if (values.write) writePictures(pictures)
  if (values.json) writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`) // After each workload, so that an interrupted run keeps its results.
}
const judged = mustReach(run.outcomes)
if (judged.rows.length > 0) console.log(toText(judged))
if (values.write && (values.from || names.some((name) => !WORKS[name]?.flag))) writePage()
process.exit(0) // Do not wait for handles that a contender left open.

/** Writes the page only if all its workloads have results. */
function writePage() {
  const missing = Object.keys(WORKS).filter((name) => !WORKS[name]?.flag && !run.outcomes[name])
  if (missing.length === 0) writeFileSync(PAGE, page(run))
  else console.log(`docs/benchmarks.md was not written: no results for ${missing.join(', ')}. Measure them, or pass a file with their results as --from`)
}

/** @param {Record<string, string>} pictures */
function writePictures(pictures) {
  mkdirSync(PICTURES, { recursive: true })
  for (const [name, svg] of Object.entries(pictures)) writeFileSync(new URL(`${name}.svg`, PICTURES), svg)
}
