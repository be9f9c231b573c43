/** The servers that are measured, and the modes that each supports. */

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
  { name: 'Gangway, nodeHandler', kind: 'ours', program: here('gangway.mjs'), http: ALL, settings: { door: 'node' } },
  { name: 'Gangway, fetchHandler', kind: 'ours', program: here('gangway.mjs'), http: ALL, settings: { door: 'fetch' } },
  { name: 'mcp-lite', kind: 'peer', program: peer('mcp-lite.mjs'), http: ['session', 'stateless'] },
  { name: 'tmcp', kind: 'peer', program: peer('tmcp.mjs'), http: ['session', 'modern'], stdio: ['session', 'modern'] },
  { name: 'SDK 1.x', kind: 'peer', program: peer('sdk-1.mjs'), http: ['session', 'stateless'], stdio: ['session'] },
  { name: 'SDK 2.x', kind: 'peer', program: peer('sdk-2.mjs'), http: ALL, stdio: ['session', 'modern'] },
  { name: 'fastmcp', kind: 'peer', program: peer('fastmcp.mjs'), http: ['session', 'stateless'], stdio: ['session'] },
]

/** Exact versions of the other libraries. */
export const peerVersions = () => /** @type {Record<string, string>} */ (JSON.parse(readFileSync(peer('package.json'), 'utf8')).dependencies)

/** Names of the modes in the tables. */
export const MODE_NAMES = { session: '2025 session', stateless: '2025 without sessions', modern: '2026' }

/** Suffix of a floor that exchanges messages of the modern era, which are longer. */
export const LONG = '2026 messages'

/** @param {Contender} contender @param {Mode} mode */
const laneName = ({ name, kind }, mode) => (kind !== 'floor' ? `${name}, ${MODE_NAMES[mode]}` : mode === 'modern' ? `${name}, ${LONG}` : name)

/**
 * A row of a table: a contender in one mode.
 * @typedef {{ name: string, mode: Mode, contender: Contender }} Lane
 */

/**
 * @param {'http' | 'stdio'} transport
 * @param {string[]} only prefixes of names, or of the part after a comma; empty for all contenders. Floors are always included, for the ratios
 * @returns {Lane[]}
 */
export function lanes(transport, only = []) {
  return CONTENDERS.flatMap((contender) =>
    (contender[transport] ?? []).map((mode) => ({ name: laneName(contender, mode), mode, contender })),
  ).filter(({ name, contender }) => contender.kind === 'floor' || only.length === 0 || only.some((part) => matches(name, part)))
}

/**
 * Fewer lanes, for slow workloads: Gangway's `run()`, and each other library in its newest mode.
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
