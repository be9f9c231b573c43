/** What has to be reached, held against what was measured. */

import { LONG, MODE_NAMES } from '../contenders/index.mjs'
import { cpuOf, rateOf } from '../race.mjs'
import { LOCKED, OPEN } from '../work/http-auth.mjs'
import { decimal, median, percent, times, whole } from './numbers.mjs'

/**
 * @typedef {import('../race.mjs').Result} Result
 * @typedef {Record<string, { results: any }>} Outcomes by the name of the work
 * @typedef {{ value: number, cpu?: number, atLeast?: number, atMost?: number, show: (number: number) => string, of: string }} Demand `cpu` is the same ratio by server CPU, which a busy machine distorts less; what counts is `value`
 */

const OURS = { session: 'Gangway, 2025 session', modern: 'Gangway, 2026' }
/** In an application of Fastify's, and with `run()`, which follows what handlers leave behind. */
const FASTIFY = ['Gangway, plugin, 2025 session', 'Gangway, plugin, 2026', ...Object.values(OURS)]

/**
 * How much faster one is than another.
 * @param {Result[]} results
 * @param {string} ours
 * @param {string} other a name; or that of a contender, which then counts in the way that is fastest
 */
function over(results, ours, other) {
  const find = (/** @type {string} */ name) => results.find((result) => result.name === name)
  const others = results.filter(({ name, failed }) => !failed && (name === other || name.startsWith(`${other}, `)))
  return { value: rateOf(find(ours)) / Math.max(...others.map(rateOf)), cpu: Math.min(...others.map(cpuOf)) / cpuOf(find(ours)) }
}

/**
 * Beside the ratio to a floor, that to one that takes and sends as much as it has to in 2026.
 * @param {Result[]} results
 * @param {string} ours
 * @param {string} floor
 * @param {number} atLeast
 * @returns {Demand[]}
 */
function sameMessages(results, ours, floor, atLeast) {
  const same = `${floor}, ${LONG}`
  return ours.endsWith(MODE_NAMES.modern) && results.some(({ name }) => name === same) ? [{ of: `${ours}: of ${same}`, ...over(results, ours, same), atLeast, show: percent }] : []
}

/** @type {Record<string, { title: string, demands: (results: any) => Demand[] }>} */
const RULES = {
  'http-call': {
    title: 'HTTP tools/call',
    demands: (/** @type {Result[]} */ results) =>
      FASTIFY.filter((ours) => results.some(({ name }) => name === ours)).flatMap((ours) => [
        { of: `${ours}: of node:http`, ...over(results, ours, 'node:http'), atLeast: 0.6, show: percent },
        ...sameMessages(results, ours, 'node:http', 0.6),
        { of: `${ours}: over SDK 2.x at its best`, ...over(results, ours, 'SDK 2.x'), atLeast: 10, show: times },
        { of: `${ours}: over mcp-lite at its best`, ...over(results, ours, 'mcp-lite'), atLeast: 2, show: times },
      ]),
  },
  'http-tools': {
    title: 'HTTP tools/call, 500 tools',
    demands: (/** @type {Result[]} */ results) => {
      const cpu = (/** @type {string} */ name, /** @type {number} */ tools) => cpuOf(results.find((result) => result.name === `${name}, ${tools} tools`))
      return Object.values(OURS).map((ours) => ({ of: `${ours}: CPU of that with one tool`, value: cpu(ours, 500) / cpu(ours, 1), atMost: 1.05, show: percent }))
    },
  },
  'http-auth': {
    title: 'HTTP tools/call',
    demands: (/** @type {Result[]} */ results) => Object.values(OURS).map((ours) => ({ of: `${ours}, ${LOCKED}: of that ${OPEN}`, ...over(results, `${ours}, ${LOCKED}`, `${ours}, ${OPEN}`), atLeast: 0.7, show: percent })),
  },
  'http-list': {
    title: 'HTTP tools/list of 50',
    demands: (/** @type {Result[]} */ results) => Object.values(OURS).map((ours) => ({ of: `${ours}: of node:http sending the same bytes`, ...over(results, ours, 'node:http'), atLeast: 0.5, show: percent })),
  },
  'stdio-call': {
    title: 'stdio tools/call, 64 under way',
    demands: (/** @type {Result[]} */ results) =>
      Object.values(OURS).flatMap((ours) => [
        { of: `${ours}: of the line loop`, ...over(results, ours, 'line loop'), atLeast: 0.8, show: percent },
        ...sameMessages(results, ours, 'line loop', 0.8),
        { of: `${ours}: over tmcp at its best`, ...over(results, ours, 'tmcp'), atLeast: 2, show: times },
      ]),
  },
  start: {
    title: 'Start to the answer of initialize',
    demands: (/** @type {{ name: string, wall: number[] }[]} */ results) => {
      const wall = (/** @type {string} */ name) => median(results.find((result) => result.name === name)?.wall ?? [])
      return [
        { of: 'no schema library: ms over the line loop', value: wall('Gangway, no schema library') - wall('line loop'), atMost: 30, show: decimal },
        { of: 'with zod: ms over the line loop', value: wall('Gangway, zod') - wall('line loop'), atMost: 95, show: decimal },
      ]
    },
  },
  sessions: {
    title: 'Sessions',
    demands: (/** @type {{ opened: Result[], kept: { name: string, heap: number }[] }} */ { opened, kept }) => [
      { of: 'opened a second: over mcp-lite', ...over(opened, OURS.session, 'mcp-lite'), atLeast: 1.3, show: times },
      { of: 'heap of an idle one, bytes', value: kept.find(({ name }) => name === OURS.session)?.heap ?? Number.NaN, atMost: 2500, show: whole },
    ],
  },
  readers: {
    title: 'Readers that stop',
    demands: (/** @type {Record<'stdio' | 'events', { name: string, growth: number }[]>} */ { stdio, events }) =>
      Object.entries({ stdio, events }).flatMap(([door, grown]) => grown.filter(({ name }) => name.startsWith('Gangway')).map(({ name, growth }) => ({ of: `${door === 'stdio' ? 'stdio' : 'event stream'}, ${name}: MiB`, value: growth, atMost: 32, show: decimal }))),
  },
  install: {
    title: 'Install',
    demands: (/** @type {{ name: string, count: number, bytes: number }[]} */ results) => {
      const of = (/** @type {string} */ name) => results.find((result) => result.name === name) ?? { count: Number.NaN, bytes: Number.NaN }
      return [
        { of: 'core + transport-stdio: packages', value: of('core + transport-stdio').count, atMost: 3, show: whole },
        { of: 'core + transport-stdio: MB', value: of('core + transport-stdio').bytes / 1e6, atMost: 1, show: decimal },
        { of: 'core + transport-http: packages over Fastify', value: of('core + transport-http').count - of('Fastify').count, atMost: 4, show: whole },
      ]
    },
  },
}

/** Of a number that nothing was measured for, nothing is said. @param {Demand} demand */
export function verdict({ value, atLeast = -Infinity, atMost = Infinity }) {
  if (!Number.isFinite(value)) return 'not measured'
  return value >= atLeast && value <= atMost ? 'reached' : '**not reached**'
}

/**
 * @param {Outcomes} outcomes
 * @returns {import('./table.mjs').Table}
 */
export function mustReach(outcomes) {
  const rows = Object.entries(RULES).flatMap(([work, { title, demands }]) => {
    const outcome = outcomes[work]
    if (!outcome) return []
    return demands(outcome.results).map((demand) => {
      const { of, value, cpu, atLeast, atMost, show } = demand
      return [`${title}: ${of}`, atLeast === undefined ? `at most ${show(atMost ?? Number.NaN)}` : `at least ${show(atLeast)}`, show(value), cpu === undefined ? '' : show(cpu), verdict(demand)]
    })
  })
  return { title: 'What is to be reached', columns: ['', 'wanted', 'measured', 'by server CPU', ''], rows }
}
