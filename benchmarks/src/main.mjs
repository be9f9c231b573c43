/** `npm run bench`: measures ours beside its peers. */

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
const HELP = `npm run bench -- [work…] [options]           measures
npm run bench -- profile <work…> [options]   tells where the time goes, of works that are races: http-…, stdio-call, sessions

${Object.entries(WORKS)
  .map(([name, { about, flag }]) => `  ${name.padEnd(17)} ${about}${flag ? ` (only by its name, or with --${flag})` : ''}`)
  .join('\n')}

  --plots         those that show how a cost grows; with --write, as pictures
  --soak          ten minutes of everything; with short rounds it is shorter
  --only <name>   only these contenders, and the floors: the begin of a name, such as gangway, "sdk 2" or 2026; may be said again
  --rounds <n>    rounds of each, 7 unless said
  --seconds <n>   length of a round, 1 unless said
  --quick         3 rounds of 0.3 s
  --json <file>   writes all numbers there
  --from <file>   takes from there what is not measured now; measures nothing that is not named
  --write         writes docs/benchmarks.md, and pictures into docs/performance
  --no-prepare    does not build, does not install the peers
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
/** `profile` before the works. */
const profiles = positionals[0] === 'profile'
if (profiles) positionals.shift()
const flagged = Object.keys(WORKS).filter((name) => WORKS[name]?.flag && values[WORKS[name].flag])
const chosen = positionals.length > 0 || values.from || flagged.length > 0 ? positionals : Object.keys(WORKS).filter((name) => !WORKS[name]?.flag)
const names = [...chosen, ...flagged]
const unknown = names.filter((name) => !WORKS[name])

if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `There is no work called ${unknown.join(', ')}\n\n${HELP}` : HELP)
  process.exit(values.help ? 0 : 2)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1)) // Contenders end with this process.
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
  if (values.json) writeFileSync(values.json, `${JSON.stringify(run, null, 2)}\n`) // After each, for it takes long.
}
const judged = mustReach(run.outcomes)
if (judged.rows.length > 0) console.log(toText(judged))
if (values.write && (values.from || names.some((name) => !WORKS[name]?.flag))) writePage()
process.exit(0) // Whatever a contender left open.

/** With all that belongs there, or not at all. */
function writePage() {
  const missing = Object.keys(WORKS).filter((name) => !WORKS[name]?.flag && !run.outcomes[name])
  if (missing.length === 0) writeFileSync(PAGE, page(run))
  else console.log(`docs/benchmarks.md is not written: ${missing.join(', ')} were not measured, and are not in what --from names`)
}

/** @param {Record<string, string>} pictures */
function writePictures(pictures) {
  mkdirSync(PICTURES, { recursive: true })
  for (const [name, svg] of Object.entries(pictures)) writeFileSync(new URL(`${name}.svg`, PICTURES), svg)
}
