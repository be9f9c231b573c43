/** The official conformance suite in its strict mode, where warnings fail too. */
import { describe, expect, test, vi } from 'vitest'
import { HOSTS } from './hosts.ts'
import { REQUIREMENTS } from './requirements.ts'
import { runSuite } from './suite.ts'

const SCORED: Readonly<Record<string, number>> = { '2025-11-25': 30, '2026-07-28': 37 }
const FAULTS = new Set(['FAILURE', 'WARNING', 'SKIPPED'])

vi.setConfig({ maxConcurrency: 2, testTimeout: 120_000 })

describe.concurrent.each(Object.keys(HOSTS))('%s', (host) => {
  test.each(Object.keys(REQUIREMENTS))('conforms to %s', async (revision) => {
    const { scored, beside } = REQUIREMENTS[revision]!
    expect(Object.keys(scored)).toHaveLength(SCORED[revision]!)
    const { url, close } = await HOSTS[host]!()
    const { checks: found, complaint } = await runSuite(url, revision).finally(close)
    for (const [scenario, minimum] of Object.entries({ ...scored, ...beside })) {
      const checks = found.get(scenario) ?? []
      expect(checks.filter(({ status }) => FAULTS.has(status)), scenario).toEqual([])
      expect(checks.filter(({ status }) => status === 'SUCCESS').length, scenario).toBeGreaterThanOrEqual(minimum)
    }
    expect(complaint).toBe('')
  })
})
