/** The client half of the official conformance suite: every scenario that is not about OAuth. */
import { describe, expect, test } from 'vitest'
import { clientScenarios, runClientScenario } from './client-suite.ts'

/** With how many checks each makes at least: fewer would mean that the client did not come to the point. */
const SCENARIOS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  '2025-11-25': { initialize: 1, tools_call: 2, 'elicitation-sep1034-client-defaults': 5, 'sse-retry': 3, 'json-schema-2020-12-preservation': 9 },
  '2026-07-28': {
    tools_call: 2,
    'request-metadata': 8,
    'sep-2322-client-request-state': 5,
    'http-standard-headers': 9,
    'http-custom-headers': 18,
    'http-invalid-tool-headers': 12,
    'json-schema-ref-no-deref': 1,
    'json-schema-2020-12-preservation': 9,
  },
}
const FAULTS = new Set(['FAILURE', 'WARNING'])

describe.each(Object.keys(SCENARIOS))('%s', (revision) => {
  const scenarios = SCENARIOS[revision]!

  test('the list has all scenarios except those about OAuth', async () => {
    const others = (await clientScenarios(revision)).filter((name) => !name.startsWith('auth/'))
    expect(others.toSorted()).toEqual(Object.keys(scenarios).toSorted())
  }, 30_000)

  test.each(Object.entries(scenarios))('%s', async (scenario, minimum) => {
    const checks = await runClientScenario(scenario, revision)
    expect(checks.filter(({ status }) => FAULTS.has(status))).toEqual([])
    expect(checks.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThanOrEqual(minimum)
  }, 60_000)
})
