/** The table of a race: medians, and their ratios to the floor and to the fastest Gangway. */

import { cpuOf, rateOf } from '../race.mjs'
import { decimal, percent, spread, times, whole } from './numbers.mjs'

/** @typedef {import('../race.mjs').Result} Result */

/**
 * @param {string} title
 * @param {Result[]} results ratios are relative to the first floor among them
 * @param {{ unit?: string, note?: string }} [words]
 * @returns {import('./table.mjs').Table}
 */
export function raceTable(title, results, { unit = 'requests/s', note } = {}) {
  const floor = results.find(({ kind }) => kind === 'floor')
  const ours = Math.max(...results.filter(({ kind, failed }) => kind === 'ours' && !failed).map(rateOf))
  const failures = results.flatMap(({ name, failed }) => (failed ? [`${name}: ${failed}`] : []))
  return {
    title,
    note: [note, ...failures.map((failure) => `Not measured: ${failure.replaceAll(/\s+/g, ' ')}`)].filter(Boolean).join('\n\n'),
    columns: ['', unit, 'spread', 'server CPU, µs', ...(floor ? ['of the floor', 'by CPU'] : []), 'fastest Gangway'],
    rows: results.map((result) => [
      result.name,
      whole(rateOf(result)),
      percent(spread(result.rates)),
      decimal(cpuOf(result)),
      ...(floor ? [percent(rateOf(result) / rateOf(floor)), percent(cpuOf(floor) / cpuOf(result))] : []),
      result.kind === 'peer' ? times(ours / rateOf(result)) : '',
    ]),
  }
}
