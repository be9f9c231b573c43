/** Sums up the samples of a CPU profile by package, and those of Gangway by folder. */

import { decimal, percent } from './numbers.mjs'
import { sourceAt } from './regions.mjs'

/**
 * @typedef {{ functionName: string, url: string, lineNumber: number }} Frame
 * @typedef {{ nodes: { id: number, callFrame: Frame }[], samples: number[], timeDeltas: number[] }} Profile as V8 writes it
 * @typedef {{ name: string, micros: number, parts: Map<string, number>, functions: Map<string, number> }} Summary microseconds: `micros` per request, the maps in total
 */

/**
 * @param {string} name
 * @param {Profile} profile
 * @param {{ answered: number, cpu: number }} round the profiled round
 * @param {typeof sourceAt} [sourceOf]
 * @returns {Summary}
 */
export function summarise(name, { nodes, samples, timeDeltas }, { answered, cpu }, sourceOf = sourceAt) {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  /** @type {Map<string, number>} */
  const parts = new Map()
  /** @type {Map<string, number>} */
  const functions = new Map()
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id)
    if (!frame || frame.functionName === '(idle)') continue
    const part = partOf(frame, sourceOf)
    const time = timeDeltas[index] ?? 0
    parts.set(part, (parts.get(part) ?? 0) + time)
    const where = `${frame.functionName || '(anonymous)'}  ${part}`
    functions.set(where, (functions.get(where) ?? 0) + time)
  }
  return { name, micros: cpu / answered, parts: sorted(parts), functions: sorted(functions) }
}

/**
 * @param {Frame} frame
 * @param {typeof sourceAt} sourceOf
 */
export function partOf({ functionName, url, lineNumber }, sourceOf) {
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (url === '') return 'V8 and the system'
  if (url.startsWith('node:')) return nodePart(url)
  const dependency = [...url.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].at(-1)?.[1]
  if (dependency && dependency !== '.pnpm') return dependency
  const own = /\/packages\/([^/]+)\/dist\//.exec(url)?.[1]
  if (own === undefined) return 'the program'
  const folder = /^src\/(?:([^/]+)\/)?/.exec(sourceOf(url, lineNumber))?.[1]
  return `@gangway/${own}${folder ? ` ${folder}/` : ''}`
}

/** @param {string} url */
function nodePart(url) {
  if (/^node:(_http|http|internal\/http)/.test(url)) return 'node:http'
  if (/^node:(net|internal\/(streams|stream_base|net|js_stream))/.test(url)) return 'node:net and streams'
  return 'node: other'
}

/** @param {Map<string, number>} map */
const sorted = (map) => new Map([...map].toSorted(([, one], [, other]) => other - one))

const FUNCTIONS = 25

/**
 * @param {Summary} summary
 * @returns {import('./table.mjs').Table[]}
 */
export function profileTables({ name, micros, parts, functions }) {
  const all = [...parts.values()].reduce((sum, time) => sum + time, 0)
  const rows = (/** @type {Map<string, number>} */ map) => [...map].map(([part, time]) => [part, percent(time / all), decimal((micros * time) / all)])
  const columns = ['', 'share of the time', 'µs per request']
  return [
    { title: `${name}: ${decimal(micros)} µs per request`, columns, rows: rows(parts) },
    { title: `${name}: the functions with the longest self time`, columns, rows: rows(functions).slice(0, FUNCTIONS) },
  ]
}
