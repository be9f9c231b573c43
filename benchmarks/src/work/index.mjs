/** What can be measured, by name. */

import { httpCall } from './http-call.mjs'
import { start } from './start.mjs'
import { stdioCall } from './stdio-call.mjs'

/**
 * @typedef {{ only: string[], pace: import('../race.mjs').Pace }} Settings
 * @typedef {{ tables: import('../report/table.mjs').Table[], results: unknown }} Outcome
 * @typedef {(settings: Settings) => Promise<Outcome>} Work
 */

/** @type {Record<string, { about: string, run: Work }>} */
export const WORKS = {
  'http-call': { about: 'tools/call over HTTP', run: httpCall },
  'stdio-call': { about: 'tools/call on stdio, 64 under way', run: stdioCall },
  start: { about: 'process start to the answer of initialize', run: start },
}
