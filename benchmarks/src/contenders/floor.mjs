/** What a floor does: reads the message as JSON, and answers with the same bytes that ours would. */

/**
 * @param {string} text
 * @returns {string | undefined} nothing for a notification
 */
export function answer(text) {
  const { id, method, params } = JSON.parse(text)
  if (id === undefined) return undefined
  return JSON.stringify({ jsonrpc: '2.0', id, result: method === 'initialize' ? initialized(params) : called(params) })
}

/** @param {{ protocolVersion: string }} params */
const initialized = ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'bench', version: '1.0.0' } })

/** @param {{ name: string, arguments: { text: string, bytes: number } }} params */
function called({ name, arguments: { text, bytes } }) {
  return { content: [{ type: 'text', text: name === 'large' ? 'x'.repeat(bytes) : name === 'measure' ? String(text.length) : text }] }
}
