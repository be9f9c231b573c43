/** Compares the measured values with the targets. */

import { LONG, MODE_NAMES } from '../contenders/index.mjs'
import { cpuOf, rateOf } from '../race.mjs'
import { LOCKED, OPEN } from '../work/http-auth.mjs'
import { decimal, median, percent, times, whole } from './numbers.mjs'

/**
 * @typedef {import('../race.mjs').Result} Result
 * @typedef {Record<string, { results: any }>} Outcomes by the name of the work
 * @typedef {{ value: number, cpu?: number, atLeast?: number, atMost?: number, show: (number: number) => string, of: string }} Demand `cpu` is the same ratio by server CPU, which a busy machine distorts less; `value` decides
 */

const OURS = { session: 'Gangway, 2025 session', modern: 'Gangway, 2026' }
/** The plugin in a Fastify application, and `run()`, which also tracks the asynchronous work of handlers. */
const FASTIFY = ['Gangway, plugin, 2025 session', 'Gangway, plugin, 2026', ...Object.values(OURS)]

/**
 * How many times faster one contender is than another.
 * @param {Result[]} results
 * @param {string} ours
 * @param {string} other the name of a row, or of a contender, of which the fastest mode counts
 */
function over(results, ours, other) {
  const find = (/** @type {string} */ name) => results.find((result) => result.name === name)
  const others = results.filter(({ name, failed }) => !failed && (name === other || name.startsWith(`${other}, `)))
  return { value: rateOf(find(ours)) / Math.max(...others.map(rateOf)), cpu: Math.min(...others.map(cpuOf)) / cpuOf(find(ours)) }
}

/**
 * In addition to the ratio to a floor, the ratio to a floor with messages of the same size as in the modern era.
 * @param {Result[]} results
 * @param {string} ours
 * @param {string} floor
 * @param {number} atLeast
 * @returns {Demand[]}
 */
function sameMessages(results, ours, floor, atLeast) {
  const same = `${floor}, ${LONG}`
  return ours.endsWith(MODE_NAMES.modern) && results.some(({ name }) => name === same) ? [{ of: `${ours}: relative to ${same}`, ...over(results, ours, same), atLeast, show: percent }] : []
}

/** @type {Record<string, { title: string, demands: (results: any) => Demand[] }>} */
const RULES = {
  'http-call': {
    title: 'HTTP tools/call',
    demands: (/** @type {Result[]} */ results) =>
      FASTIFY.filter((ours) => results.some(({ name }) => name === ours)).flatMap((ours) => [
        { of: `${ours}: relative to node:http`, ...over(results, ours, 'node:http'), atLeast: 0.6, show: percent },
        ...sameMessages(results, ours, 'node:http', 0.6),
        { of: `${ours}: relative to SDK 2.x in its fastest mode`, ...over(results, ours, 'SDK 2.x'), atLeast: 10, show: times },
        { of: `${ours}: relative to mcp-lite in its fastest mode`, ...over(results, ours, 'mcp-lite'), atLeast: 2, show: times },
      ]),
  },
  'http-tools': {
    title: 'HTTP tools/call, 500 tools',
    demands: (/** @type {Result[]} */ results) => {
      const cpu = (/** @type {string} */ name, /** @type {number} */ tools) => cpuOf(results.find((result) => result.name === `${name}, ${tools} tools`))
      return Object.values(OURS).map((ours) => ({ of: `${ours}: CPU relative to one tool`, value: cpu(ours, 500) / cpu(ours, 1), atMost: 1.05, show: percent }))
    },
  },
  'http-auth': {
    title: 'HTTP tools/call',
    demands: (/** @type {Result[]} */ results) => Object.values(OURS).map((ours) => ({ of: `${ours}: ${LOCKED}, relative to ${OPEN}`, ...over(results, `${ours}, ${LOCKED}`, `${ours}, ${OPEN}`), atLeast: 0.7, show: percent })),
  },
  'http-list': {
    title: 'HTTP tools/list, 50 tools',
    demands: (/** @type {Result[]} */ results) => Object.values(OURS).map((ours) => ({ of: `${ours}: relative to node:http sending the same bytes`, ...over(results, ours, 'node:http'), atLeast: 0.5, show: percent })),
  },
  'stdio-call': {
    title: 'stdio tools/call, 64 in flight',
    demands: (/** @type {Result[]} */ results) =>
      Object.values(OURS).flatMap((ours) => [
        { of: `${ours}: relative to the line loop`, ...over(results, ours, 'line loop'), atLeast: 0.8, show: percent },
        ...sameMessages(results, ours, 'line loop', 0.8),
        { of: `${ours}: relative to tmcp in its fastest mode`, ...over(results, ours, 'tmcp'), atLeast: 2, show: times },
      ]),
  },
  start: {
    title: 'Process start to the initialize response',
    demands: (/** @type {{ name: string, wall: number[] }[]} */ results) => {
      const wall = (/** @type {string} */ name) => median(results.find((result) => result.name === name)?.wall ?? [])
      return [
        { of: 'without a schema library, ms more than the line loop', value: wall('Gangway, no schema library') - wall('line loop'), atMost: 30, show: decimal },
        { of: 'with zod, ms more than the line loop', value: wall('Gangway, zod') - wall('line loop'), atMost: 95, show: decimal },
      ]
    },
  },
  sessions: {
    title: 'Sessions',
    demands: (/** @type {{ opened: Result[], kept: { name: string, heap: number }[] }} */ { opened, kept }) => [
      { of: 'opened per second, relative to mcp-lite', ...over(opened, OURS.session, 'mcp-lite'), atLeast: 1.3, show: times },
      { of: 'heap of an idle session, bytes', value: kept.find(({ name }) => name === OURS.session)?.heap ?? Number.NaN, atMost: 2500, show: whole },
    ],
  },
  readers: {
    title: 'Clients that stop reading',
    demands: (/** @type {Record<'stdio' | 'events', { name: string, growth: number }[]>} */ { stdio, events }) =>
      Object.entries({ stdio, events }).flatMap(([door, grown]) => grown.filter(({ name }) => name.startsWith('Gangway')).map(({ name, growth }) => ({ of: `${door === 'stdio' ? 'stdio' : 'event stream'}, ${name}, MiB of growth`, value: growth, atMost: 32, show: decimal }))),
  },
  install: {
    title: 'Install',
    demands: (/** @type {{ name: string, count: number, bytes: number }[]} */ results) => {
      const of = (/** @type {string} */ name) => results.find((result) => result.name === name) ?? { count: Number.NaN, bytes: Number.NaN }
      return [
        { of: 'core + transport-stdio: packages', value: of('core + transport-stdio').count, atMost: 3, show: whole },
        { of: 'core + transport-stdio: MB', value: of('core + transport-stdio').bytes / 1e6, atMost: 1, show: decimal },
        { of: 'core + transport-http: packages in addition to Fastify', value: of('core + transport-http').count - of('Fastify').count, atMost: 4, show: whole },
      ]
    },
  },
}

/** NaN means that nothing was measured. @param {Demand} demand */
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
  return { title: 'Targets', columns: ['', 'target', 'measured', 'by server CPU', 'result'], rows }
}
