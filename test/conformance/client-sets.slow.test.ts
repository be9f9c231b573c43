/** The client half of the official conformance suite, in whole requirement sets: docs/client.md says of each scenario how it fares. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { clientScenarios, runClientSet } from './client-suite.ts'

const REVISIONS = ['2025-11-25', '2026-07-28'] as const

const page = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8')
const rows = [...page.matchAll(/^\| `(\S+)`[^|]* \| (passes|fails|–) \| (passes|fails|–) \|$/gm)].map(([, name = '', ...states]) => ({ name, states }))

describe.each(REVISIONS.map((revision, column) => ({ revision, column })))('$revision', ({ revision, column }) => {
  const said = new Map(rows.flatMap(({ name, states }) => (states[column] === '–' ? [] : [[name, states[column]] as const])))

  test('the page lists every scenario, and only those about OAuth fail', async () => {
    expect([...said.keys()].toSorted()).toEqual((await clientScenarios(revision)).toSorted())
    expect([...said].filter(([name, state]) => state !== 'passes' && !name.startsWith('auth/'))).toEqual([])
  }, 60_000)

  test('each scenario has the result on the page', async () => {
    expect(Object.fromEntries(await runClientSet(revision))).toEqual(Object.fromEntries(said))
  }, 300_000)
})
