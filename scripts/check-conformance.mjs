/** `npm run check:conformance`: compares the rules in docs/conformance.md with the records of the last full test run. `--write` updates the transports in its tables. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const PAGE = new URL('../docs/conformance.md', import.meta.url)
const RECORDS = new URL('../node_modules/.cache/conformance.json', import.meta.url)
const TRANSPORTS = ['memory', 'stdio', 'http', 'sse', 'core']
const LEGACY = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']
const MODERN = '2026-07-28'
const ALL = [...LEGACY, MODERN]

/**
 * @typedef {{ id: string, door: string, revision?: string, asserted: string, file: string }} Record
 * @typedef {{ id: string, revisions: string[], last: string }} Row
 */

if (existsSync(RECORDS)) check()
else fail(['No records of tests: run npm test first'])

function check() {
  /** @type {Record[]} */
  const records = JSON.parse(readFileSync(RECORDS, 'utf8'))
  const page = readFileSync(PAGE, 'utf8')
  const [shown = '', unshown = ''] = page.split(/^## Rules without a test$/m)
  const rules = rowsOf(shown)
  if (process.argv.includes('--write')) {
    const doors = new Map(rules.map((rule) => [rule.id, doorsOf(recordsOf(rule, records)).join(', ')]))
    const written = shown.replace(/^(\| ([A-Z]\d+) \|.*\|)[^|]*\|$/gm, (_, row, id) => `${row} ${doors.get(id)} |`)
    writeFileSync(PAGE, page.replace(shown, () => written))
    return
  }
  const reasons = rowsOf(unshown)
  const ids = [...rules, ...reasons].map(({ id }) => id)
  const faults = [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is listed twice in docs/conformance.md`),
    ...rules.flatMap((rule) => faultsOf(rule, recordsOf(rule, records))),
    ...reasons.filter(({ last }) => last === '').map(({ id }) => `${id} has no reason in docs/conformance.md`),
    ...reasons.filter(({ id }) => records.some((record) => record.id === id)).map(({ id }) => `${id} has a test, but is listed under "Rules without a test" in docs/conformance.md`),
    ...records.filter(({ id }) => !ids.includes(id)).map(({ id, file }) => `${id} is not listed in docs/conformance.md, but ${file} has it in a title`),
  ]
  if (faults.length > 0) fail([...new Set(faults)])
  else console.log(`${rules.length} rules have tests (${records.length} records); ${reasons.length} have a reason`)
}

/**
 * @param {Row} rule
 * @param {Record[]} found
 */
function faultsOf({ id, revisions, last }, found) {
  if (found.length === 0) return [`${id} has no test that passed, and no reason in docs/conformance.md`]
  const eras = [LEGACY, [MODERN]].filter((era) => era.some((revision) => revisions.includes(revision)))
  const unseen = eras.filter((era) => !found.some(({ revision }) => revision === undefined || era.includes(revision)))
  const claimed = last.split(', ').filter((door) => door !== '' && !doorsOf(found).includes(door))
  return [...unseen.map((era) => `${id} has no test that passed in ${era.join(', ')}`), ...claimed.map((door) => `${id} has no test that passed on ${door}, but docs/conformance.md lists it: run npm run check:conformance -- --write`)]
}

/**
 * The records that show the rule in one of its revisions.
 * @param {Row} rule
 * @param {Record[]} records
 */
function recordsOf({ id, revisions }, records) {
  return records.filter((record) => record.id === id && (record.revision === undefined || revisions.includes(record.revision)))
}

/** @param {Record[]} records */
function doorsOf(records) {
  return TRANSPORTS.filter((door) => records.some((record) => record.door === door))
}

/**
 * The cells of each row. The last one has transports or a reason.
 * @param {string} part
 * @returns {Row[]}
 */
function rowsOf(part) {
  return [...part.matchAll(/^\| ([A-Z]\d+) \|(.*)\|$/gm)].map(([, id = '', rest = '']) => {
    const [revisions = '', , last = ''] = rest.split('|').map((cell) => cell.trim())
    return { id, revisions: revisionsOf(revisions), last }
  })
}

/**
 * `all`, `legacy`, `from 2025-06-18`, `2025-03-26 to 2025-11-25` or a single revision.
 * @param {string} text
 */
function revisionsOf(text) {
  if (text === 'all' || text === 'legacy') return text === 'all' ? ALL : LEGACY
  const [first = '', last = first] = text.replace('from ', '').split(' to ')
  return ALL.filter((revision) => revision >= first && (text.startsWith('from') || revision <= last))
}

/** @param {string[]} faults */
function fail(faults) {
  for (const fault of faults) console.error(fault)
  process.exitCode = 1
}
