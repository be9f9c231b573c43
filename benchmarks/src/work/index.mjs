/** What can be measured, by name. A work with a flag runs when it is asked for. */

import { growthListeners } from './growth-listeners.mjs'
import { growthSessions } from './growth-sessions.mjs'
import { growthTools } from './growth-tools.mjs'
import { httpAuth } from './http-auth.mjs'
import { httpCall } from './http-call.mjs'
import { httpLarge } from './http-large.mjs'
import { httpList } from './http-list.mjs'
import { httpProgress } from './http-progress.mjs'
import { httpTools } from './http-tools.mjs'
import { install } from './install.mjs'
import { readers } from './readers.mjs'
import { sessions } from './sessions.mjs'
import { soak } from './soak.mjs'
import { start } from './start.mjs'
import { stdioCall } from './stdio-call.mjs'

/**
 * @typedef {{ only: string[], pace: import('../race.mjs').Pace }} Settings
 * @typedef {{ tables: import('../report/table.mjs').Table[], results: unknown, pictures?: Record<string, string> }} Outcome
 * @typedef {(settings: Settings) => Promise<Outcome>} Work
 */

/** @type {Record<string, { about: string, run: Work, flag?: 'plots' | 'soak' }>} */
export const WORKS = {
  'http-call': { about: 'tools/call over HTTP', run: httpCall },
  'http-tools': { about: 'the same with 1, 50 and 500 tools', run: httpTools },
  'http-auth': { about: 'tools/call with access tokens, beside without; ours alone', run: httpAuth },
  'http-list': { about: 'tools/list of 50 tools', run: httpList },
  'http-large': { about: 'arguments and results of 64 KiB and 1 MiB', run: httpLarge },
  'http-progress': { about: 'calls with 100 progress notifications', run: httpProgress },
  sessions: { about: 'sessions opened a second, and what an idle one keeps', run: sessions },
  'stdio-call': { about: 'tools/call on stdio, 64 under way', run: stdioCall },
  readers: { about: 'memory where clients stop to read', run: readers },
  start: { about: 'process start to the answer of initialize', run: start },
  install: { about: 'packages and bytes of an install, time of an import', run: install },
  'growth-tools': { about: 'the cost of a call by the number of tools', run: growthTools, flag: 'plots' },
  'growth-sessions': { about: 'memory by the number of sessions', run: growthSessions, flag: 'plots' },
  'growth-listeners': { about: 'the cost of a change by the number of listeners', run: growthListeners, flag: 'plots' },
  soak: { about: 'ten minutes of everything at once; ours alone', run: soak, flag: 'soak' },
}
