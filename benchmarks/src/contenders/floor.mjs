/** Responses of a floor: those of Gangway, without any check. */

/** @typedef {{ id?: number, method: string, params: any }} Message */

/**
 * @param {Message} message
 * @param {string} [result] JSON of the result, whatever the request is
 * @returns {string | undefined} undefined for a notification
 */
export function answer({ id, method, params }, result) {
  if (id === undefined) return undefined
  if (result !== undefined && method !== 'initialize') return `{"jsonrpc":"2.0","id":${id},"result":${result}}`
  return JSON.stringify({ jsonrpc: '2.0', id, result: method === 'initialize' ? initialized(params) : called(params) })
}

/** @param {{ protocolVersion: string }} params */
const initialized = ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: INFO })

const INFO = { name: 'bench', version: '1.0.0' }

/** @param {{ name: string, arguments: { text: string, bytes: number }, _meta?: object }} params */
function called({ name, arguments: { text, bytes }, _meta }) {
  const content = [{ type: 'text', text: name === 'large' ? 'x'.repeat(bytes) : name === 'measure' ? String(text.length) : text }]
  const isModern = _meta && 'io.modelcontextprotocol/protocolVersion' in _meta
  return isModern ? { resultType: 'complete', content, _meta: { 'io.modelcontextprotocol/serverInfo': INFO } } : { content }
}

/**
 * The messages in response to a call of the tool `steps`.
 * @param {Message} message
 * @returns {string[]}
 */
export function steps({ id, params }) {
  const { progressToken } = params._meta
  const total = params.arguments.count
  const messages = Array.from({ length: total }, (_, step) => JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: step + 1, total } }))
  return [...messages, JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'done' }] } })]
}
