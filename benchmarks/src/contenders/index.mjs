/** Who is measured, and in which ways each can be talked to. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {import('../load/messages.mjs').Mode} Mode
 * @typedef {{
 *   name: string,
 *   kind: 'floor' | 'ours' | 'peer',
 *   program: string,
 *   http?: Mode[],
 *   stdio?: Mode[],
 *   settings?: Partial<import('./offer.mjs').Settings>,
 * }} Contender
 */

const here = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url))
const peer = (/** @type {string} */ file) => here(`../../peers/${file}`)

/** @type {Mode[]} */
const ALL = ['session', 'stateless', 'modern']

/** @type {Contender[]} */
export const CONTENDERS = [
  { name: 'node:http', kind: 'floor', program: here('node-http.mjs'), http: ['stateless', 'modern'] },
  { name: 'Fastify', kind: 'floor', program: here('fastify.mjs'), http: ['stateless'] },
  { name: 'line loop', kind: 'floor', program: here('line-loop.mjs'), stdio: ['session', 'modern'] },
  { name: 'readline loop', kind: 'floor', program: here('readline.mjs'), stdio: ['session'] },
  { name: 'Gangway', kind: 'ours', program: here('gangway.mjs'), http: ALL, stdio: ['session', 'modern'], settings: { door: 'fastify' } },
  { name: 'Gangway, plugin', kind: 'ours', program: here('gangway.mjs'), http: ALL, settings: { door: 'plugin' } },
  { name: 'Gangway, node door', kind: 'ours', program: here('gangway.mjs'), http: ALL, settings: { door: 'node' } },
  { name: 'Gangway, fetch door', kind: 'ours', program: here('gangway.mjs'), http: ALL, settings: { door: 'fetch' } },
  { name: 'mcp-lite', kind: 'peer', program: peer('mcp-lite.mjs'), http: ['session', 'stateless'] },
  { name: 'tmcp', kind: 'peer', program: peer('tmcp.mjs'), http: ['session', 'modern'], stdio: ['session', 'modern'] },
  { name: 'SDK 1.x', kind: 'peer', program: peer('sdk-1.mjs'), http: ['session', 'stateless'], stdio: ['session'] },
  { name: 'SDK 2.x', kind: 'peer', program: peer('sdk-2.mjs'), http: ALL, stdio: ['session', 'modern'] },
  { name: 'fastmcp', kind: 'peer', program: peer('fastmcp.mjs'), http: ['session', 'stateless'], stdio: ['session'] },
]

/** The versions of the peers, which are exact. */
export const peerVersions = () => /** @type {Record<string, string>} */ (JSON.parse(readFileSync(peer('package.json'), 'utf8')).dependencies)

/** What a mode is called in the tables. */
export const MODE_NAMES = { session: '2025 session', stateless: '2025 stateless', modern: '2026' }

/** Floors know no protocol, but the messages of 2026 are longer. */
export const LONG = 'messages of 2026'

/** @param {Contender} contender @param {Mode} mode */
const laneName = ({ name, kind }, mode) => (kind !== 'floor' ? `${name}, ${MODE_NAMES[mode]}` : mode === 'modern' ? `${name}, ${LONG}` : name)

/**
 * A row of a table: a contender, talked to in one way.
 * @typedef {{ name: string, mode: Mode, contender: Contender }} Lane
 */

/**
 * @param {'http' | 'stdio'} transport
 * @param {string[]} only begins of names, or of what stands after a comma; none for all. Floors are always in, for the ratios
 * @returns {Lane[]}
 */
export function lanes(transport, only = []) {
  return CONTENDERS.flatMap((contender) =>
    (contender[transport] ?? []).map((mode) => ({ name: laneName(contender, mode), mode, contender })),
  ).filter(({ name, contender }) => contender.kind === 'floor' || only.length === 0 || only.some((part) => matches(name, part)))
}

/**
 * Fewer of them, for works that take long: our Fastify door, and each peer in the newest way that it knows.
 * @param {'http' | 'stdio'} transport
 * @param {string[]} only
 */
export const leanLanes = (transport, only) =>
  lanes(transport, only).filter(({ mode, contender }) => (contender.kind === 'floor' && mode !== 'modern') || (contender.kind === 'peer' && mode === newestOf(contender[transport] ?? [])) || (contender.name === 'Gangway' && mode !== 'stateless'))

/** @param {Mode[]} modes */
const newestOf = (modes) => (modes.includes('modern') ? 'modern' : 'session')

/**
 * @param {string} name
 * @param {string} part
 */
export const matches = (name, part) => [name, ...name.split(', ')].some((word) => word.toLowerCase().startsWith(part.toLowerCase()))
