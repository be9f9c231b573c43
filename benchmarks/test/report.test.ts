/** Statistics, tables and the page of the benchmarks. */
import { describe, expect, test } from 'vitest'
import { decimal, median, percent, spread, times, whole } from '../src/report/numbers.mjs'
import { mustReach, verdict } from '../src/report/must-reach.mjs'
import { page } from '../src/report/page.mjs'
import { raceTable } from '../src/report/race-table.mjs'
import { toMarkdown, toText } from '../src/report/table.mjs'

const result = (name: string, kind: 'floor' | 'ours' | 'peer', rate: number, cpu: number) => ({ name, kind, rates: [rate * 0.9, rate, rate * 1.2], cpus: [cpu, cpu, cpu * 2] })
const CALLS = [result('node:http', 'floor', 10_000, 20), result('Gangway, 2025 session', 'ours', 7000, 30), result('Gangway, 2026', 'ours', 5000, 35), result('mcp-lite, 2025 session', 'peer', 2000, 100), result('SDK 2.x, 2026', 'peer', 400, 500)]

describe('numbers', () => {
  test('median: the middle value, the mean of two middle values, or NaN for an empty list', () => {
    expect(median([5, 1, 9])).toBe(5)
    expect(median([4, 1, 2, 100])).toBe(3)
    expect(median([])).toBeNaN()
  })

  test('spread ignores outliers', () => {
    expect(spread([10, 10, 10, 10, 1000])).toBe(0)
    expect(spread([8, 9, 10, 11, 12])).toBeCloseTo(0.2)
  })

  test('NaN is shown as a dash', () => {
    expect([whole, percent, decimal, times].map((show) => show(Number.NaN))).toEqual(['–', '–', '–', '–'])
    expect([whole(12_345.6), percent(0.034), percent(0.678), decimal(3.14), decimal(314.15), times(2.04), times(12.3)]).toEqual(['12,346', '3.4%', '68%', '3.1', '314', '2.0 ×', '12 ×'])
  })
})

describe('tables', () => {
  test('a race table has medians, and ratios to the floor and to the fastest Gangway', () => {
    const { columns, rows } = raceTable('Calls', CALLS)
    expect(columns).toEqual(['', 'requests/s', 'spread', 'server CPU, µs', 'of the floor', 'by CPU', 'fastest Gangway'])
    expect(rows[1]).toEqual(['Gangway, 2025 session', '7,000', '20%', '30.0', '70%', '67%', ''])
    expect(rows[4]).toEqual(['SDK 2.x, 2026', '400', '20%', '500', '4.0%', '4.0%', '18 ×'])
  })

  test('a contender that failed has dashes, and the note has the reason', () => {
    const { note, rows } = raceTable('Calls', [...CALLS, { name: 'tmcp, 2026', kind: 'peer', rates: [], cpus: [], failed: 'HTTP 500:\nno' }])
    expect(note).toContain('tmcp, 2026: HTTP 500: no')
    expect(rows.at(-1)).toEqual(['tmcp, 2026', '–', '–', '–', '–', '–', '–'])
  })

  test('a table is aligned as text, and valid as Markdown', () => {
    const table = { title: 'Title', note: 'Note.', columns: ['', 'ms'], rows: [['one', '1'], ['two', '200']] }
    expect(toText(table)).toBe('Title\nNote.\n\n      ms\n---  ---\none    1\ntwo  200\n')
    expect(toMarkdown(table)).toBe('### Title\n\nNote.\n\n|  | ms |\n|---|--:|\n| one | 1 |\n| two | 200 |\n')
  })
})

describe('targets', () => {
  test('a value equal to its target counts as reached', () => {
    const show = String
    expect(verdict({ of: '', value: 0.6, atLeast: 0.6, show })).toBe('reached')
    expect(verdict({ of: '', value: 0.59, atLeast: 0.6, show })).toBe('**not reached**')
    expect(verdict({ of: '', value: 33, atMost: 32, show })).toBe('**not reached**')
    expect(verdict({ of: '', value: Number.NaN, atMost: 32, show })).toBe('not measured')
  })

  test('each library counts in its fastest mode, and workloads without results are skipped', () => {
    const calls = [...CALLS, result('SDK 2.x, 2025 without sessions', 'peer', 600, 300)]
    const { rows } = mustReach({ 'http-call': { results: calls } })
    expect(rows.map(([, , measured, cpu, reached]) => [measured, cpu, reached])).toEqual([
      ['70%', '67%', 'reached'],
      ['12 ×', '10 ×', 'reached'],
      ['3.5 ×', '3.3 ×', 'reached'],
      ['50%', '57%', '**not reached**'],
      ['8.3 ×', '8.6 ×', '**not reached**'],
      ['2.5 ×', '2.9 ×', 'reached'],
    ])
  })

  test('compares the modern era with a floor that has messages of the same size', () => {
    const { rows } = mustReach({ 'stdio-call': { results: [result('line loop', 'floor', 10_000, 2), result('line loop, 2026 messages', 'floor', 8000, 3), result('Gangway, 2026', 'ours', 7000, 4)] } })
    expect(rows.map(([of, wanted, measured, cpu, reached]) => [of, wanted, measured, cpu, reached])).toEqual(
      expect.arrayContaining([
        ['stdio tools/call, 64 in flight: Gangway, 2026: relative to the line loop', 'at least 80%', '70%', '50%', '**not reached**'],
        ['stdio tools/call, 64 in flight: Gangway, 2026: relative to line loop, 2026 messages', 'at least 80%', '88%', '75%', 'reached'],
      ]),
    )
  })

  test('compares calls with tokens to calls without authentication', () => {
    const results = [result('Gangway, 2026, no authentication', 'ours', 5000, 30), result('Gangway, 2026, with tokens', 'ours', 4500, 34)]
    const { rows } = mustReach({ 'http-auth': { results } })
    expect(rows.map(([, wanted, measured, cpu, reached]) => [wanted, measured, cpu, reached])).toContainEqual(['at least 70%', '90%', '88%', 'reached'])
  })

  test('memory, packages and milliseconds have a maximum', () => {
    const { rows } = mustReach({
      start: { results: [{ name: 'line loop', wall: [50] }, { name: 'Gangway, no schema library', wall: [70, 79, 90] }, { name: 'Gangway, zod', wall: [150] }] },
      readers: { results: { stdio: [{ name: 'Gangway, 2026', growth: 20 }, { name: 'tmcp, 2026', growth: 300 }], events: [{ name: 'Gangway, 2026', growth: 40 }] } },
      install: { results: [{ name: 'core + transport-stdio', count: 2, bytes: 4e5 }, { name: 'core + transport-http', count: 51, bytes: 9e6 }, { name: 'Fastify', count: 48, bytes: 8e6 }] },
    })
    expect(rows.map(([, wanted, measured, , reached]) => [wanted, measured, reached])).toEqual([
      ['at most 30.0', '29.0', 'reached'],
      ['at most 95.0', '100', '**not reached**'],
      ['at most 32.0', '20.0', 'reached'],
      ['at most 32.0', '40.0', '**not reached**'],
      ['at most 3', '2', 'reached'],
      ['at most 1.0', '0.4', 'reached'],
      ['at most 4', '3', 'reached'],
    ])
  })
})

test('the page has the machine, the versions, the targets and every table', () => {
  const machine = { date: '2026-01-01', node: 'v20.0.0', processor: '2 × A processor', system: 'linux x64', pinning: 'pinned', load: 0.1, commit: 'abc1234' }
  const text = page({ machine, rounds: 7, seconds: 1, outcomes: { 'http-call': { results: CALLS, tables: [raceTable('tools/call over HTTP', CALLS)] } } })
  for (const part of ['Node v20.0.0, 2 × A processor', '@modelcontextprotocol/sdk 1.', '**not reached**', '### tools/call over HTTP', '| SDK 2.x, 2026 | 400 |', 'npm run bench -- --write']) expect(text).toContain(part)
  expect(text).not.toMatch(/undefined|NaN/)
})
