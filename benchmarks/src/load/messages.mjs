/** The messages of a client, in each mode. */

/** @typedef {import('../contenders/offer.mjs').Settings['mode']} Mode */

/** The newest legacy revision. Servers that do not support it respond with an older one. */
const LEGACY = '2025-11-25'
const MODERN = '2026-07-28'
const CLIENT = { name: 'bench', version: '1.0.0' }
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': MODERN,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': CLIENT,
}

/** Every id has this many digits, so that all requests of a kind have the same length. */
const FIRST_ID = 100_000_000

/**
 * A request without its id, which is sent many times.
 * @typedef {{ method: string, params: Record<string, any> }} Request
 */

/**
 * @param {string} name
 * @param {Record<string, unknown>} given
 * @returns {Request}
 */
export const call = (name, given) => ({ method: 'tools/call', params: { name, arguments: given } })

/** @type {Request} */
export const initialize = { method: 'initialize', params: { protocolVersion: LEGACY, capabilities: {}, clientInfo: CLIENT } }
export const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })

/**
 * The text of a request before and after its id.
 * @param {Request} request
 * @param {Mode} mode
 * @returns {[head: string, tail: string]}
 */
export function around({ method, params }, mode) {
  const given = mode === 'modern' ? { ...params, _meta: { ...params._meta, ...ENVELOPE } } : params
  const [head = '', tail = ''] = JSON.stringify({ jsonrpc: '2.0', id: FIRST_ID, method, params: given }).split(`"id":${FIRST_ID}`)
  return [`${head}"id":`, tail]
}

let last = FIRST_ID
export const nextId = () => ++last

/**
 * The headers of a request.
 * @param {Request} request
 * @param {Mode} mode
 * @param {{ session?: string, revision?: string }} [known]
 * @returns {Record<string, string>}
 */
export function headersOf({ method, params }, mode, { session, revision = LEGACY } = {}) {
  if (mode === 'modern') return { 'mcp-protocol-version': MODERN, 'mcp-method': method, ...(params.name && { 'mcp-name': params.name }) }
  if (method === 'initialize') return {}
  return { 'mcp-protocol-version': revision, ...(session && { 'mcp-session-id': session }) }
}
