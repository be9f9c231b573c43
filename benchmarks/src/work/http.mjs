/** Repeats one request to a contender over HTTP. */

import { serve } from '../child.mjs'
import { awake } from '../cores.mjs'
import { HttpLoad } from '../load/http-load.mjs'

export const CONNECTIONS = 32

/**
 * @typedef {{
 *   request: import('../load/messages.mjs').Request,
 *   expected(result: any, reply: import('../load/reply-parser.mjs').Reply): unknown,
 *   settings?: Partial<import('../contenders/offer.mjs').Settings>,
 *   connections?: number,
 *   headersOf?: (client: number) => Record<string, string>,
 * }} HttpWork
 */

/**
 * @param {import('../contenders/index.mjs').Lane} lane
 * @param {HttpWork} work
 * @returns {import('../race.mjs').Entrant}
 */
export function httpEntrant({ name, mode, contender }, { request, expected, settings, connections = CONNECTIONS, headersOf }) {
  const begin = async () => {
    const { child, port } = await serve(contender.program, { mode, ...contender.settings, ...settings })
    const load = new HttpLoad(port, mode, connections, request, expected, headersOf)
    const round = async (/** @type {number} */ milliseconds) => {
      let before = 0
      const driven = await awake(() => load.drive(milliseconds, async () => void (before = (await child.usage()).cpu)))
      return { ...driven, cpu: (await child.usage()).cpu - before }
    }
    return { child, round, end: () => child.stop() }
  }
  return { name, kind: contender.kind, begin }
}
