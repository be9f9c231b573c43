/** tools/call over HTTP with access tokens, compared with a server without authentication. */

import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { leanLanes } from '../contenders/index.mjs'
import { cpuOf, race, rateOf } from '../race.mjs'
import { decimal, percent, whole } from '../report/numbers.mjs'
import { echo, isEcho } from './echo.mjs'
import { CONNECTIONS, httpEntrant } from './http.mjs'

const ISSUER = 'https://id.example.com'
const AUDIENCE = 'https://api.example.com/mcp'

/** Suffixes of the names of contenders: with and without authentication. */
export const LOCKED = 'with tokens'
export const OPEN = 'no authentication'

/** @type {import('./index.mjs').Work} */
export async function httpAuth({ only, pace }) {
  const chosen = leanLanes('http', only).filter(({ contender }) => contender.kind === 'ours')
  const { keys, tokens } = await issue(CONNECTIONS)
  const headersOf = (/** @type {number} */ client) => ({ authorization: `Bearer ${tokens[client]}` })
  const entrants = chosen.flatMap((lane) => [
    { ...httpEntrant(lane, { request: echo, expected: isEcho }), name: `${lane.name}, ${OPEN}` },
    { ...httpEntrant(lane, { request: echo, expected: isEcho, headersOf, settings: { locked: { issuer: ISSUER, audience: AUDIENCE, keys } } }), name: `${lane.name}, ${LOCKED}` },
  ])
  const results = await race(entrants, pace)
  return {
    results,
    tables: [
      {
        title: 'tools/call over HTTP, with access tokens',
        note: `ES256 JWTs, one for each of ${CONNECTIONS} connections. bearer() verifies each once and caches the result.`,
        columns: ['', `${OPEN}, requests/s`, `${LOCKED}, requests/s`, 'relative', `${OPEN}, server CPU, µs`, `${LOCKED}, server CPU, µs`, 'by CPU'],
        rows: chosen.map(({ name }) => {
          const [open, locked] = [OPEN, LOCKED].map((way) => results.find((result) => result.name === `${name}, ${way}`))
          return [name, whole(rateOf(open)), whole(rateOf(locked)), percent(rateOf(locked) / rateOf(open)), decimal(cpuOf(open)), decimal(cpuOf(locked)), percent(cpuOf(open) / cpuOf(locked))]
        }),
      },
    ],
  }
}

/**
 * Tokens that are valid for an hour, each for a different subject.
 * @param {number} count
 */
async function issue(count) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const sign = (/** @type {number} */ client) => new SignJWT({ scope: 'mcp' }).setProtectedHeader({ alg: 'ES256', kid: 'bench' }).setIssuer(ISSUER).setAudience(AUDIENCE).setSubject(`client-${client}`).setExpirationTime('1h').sign(privateKey)
  return {
    keys: { keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' }] },
    tokens: await Promise.all(Array.from({ length: count }, (_, client) => sign(client))),
  }
}
