/** `pnpm bench`: measures ours beside its peers. */

import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pinLoad, pinning } from './cores.mjs'
import { prepare } from './prepare.mjs'
import { toText } from './report/table.mjs'
import { WORKS } from './work/index.mjs'

const HELP = `pnpm bench [work…] [options]

${Object.entries(WORKS)
  .map(([name, { about }]) => `  ${name.padEnd(14)}  ${about}`)
  .join('\n')}

  --only <name>   only these contenders, and the floors: the begin of a name, such as gangway, "sdk 2" or 2026; may be said again
  --rounds <n>    rounds of each, 7 unless said
  --seconds <n>   length of a round, 1 unless said
  --quick         3 rounds of 0.3 s
  --json <file>   writes all numbers there
  --no-prepare    does not build, does not install the peers
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    'no-prepare': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const names = positionals.length > 0 ? positionals : Object.keys(WORKS)
const unknown = names.filter((name) => !WORKS[name])

if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `There is no work called ${unknown.join(', ')}\n\n${HELP}` : HELP)
  process.exit(values.help ? 0 : 2)
}
if (!values['no-prepare']) prepare()
pinLoad()
console.log(`\nNode ${process.version}; ${pinning}\n`)

const say = (/** @type {string} */ text) => void (process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`))
const pace = { rounds: Number(values.rounds ?? (values.quick ? 3 : 7)), seconds: Number(values.seconds ?? (values.quick ? 0.3 : 1)), say }

/** @type {Record<string, unknown>} */
const outcomes = {}
for (const name of names) {
  const { tables, results } = await /** @type {(typeof WORKS)[string]} */ (WORKS[name]).run({ only: values.only, pace })
  for (const table of tables) console.log(toText(table))
  outcomes[name] = { tables, results }
}
if (values.json) writeFileSync(values.json, `${JSON.stringify({ node: process.version, pinning, pace: { rounds: pace.rounds, seconds: pace.seconds }, outcomes }, null, 2)}\n`)
process.exit(0) // Whatever a contender left open.
