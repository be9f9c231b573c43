/** All workloads by name. A workload with a flag runs only on request. */

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
  'http-auth': { about: 'tools/call with and without access tokens; Gangway only', run: httpAuth },
  'http-list': { about: 'tools/list of 50 tools', run: httpList },
  'http-large': { about: 'arguments and results of 64 KiB and 1 MiB', run: httpLarge },
  'http-progress': { about: 'calls with 100 progress notifications', run: httpProgress },
  sessions: { about: 'sessions opened per second, and memory of an idle session', run: sessions },
  'stdio-call': { about: 'tools/call on stdio, 64 in flight', run: stdioCall },
  readers: { about: 'memory when clients stop reading', run: readers },
  start: { about: 'from process start to the initialize response', run: start },
  install: { about: 'size of an install, time of an import', run: install },
  'growth-tools': { about: 'cost of a call, by the number of tools', run: growthTools, flag: 'plots' },
  'growth-sessions': { about: 'memory, by the number of sessions', run: growthSessions, flag: 'plots' },
  'growth-listeners': { about: 'cost of a change notification, by the number of listeners', run: growthListeners, flag: 'plots' },
  soak: { about: 'ten minutes of mixed load; Gangway only', run: soak, flag: 'soak' },
}
