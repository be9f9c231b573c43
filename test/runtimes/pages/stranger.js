/** A page whose origin may not call: it tries with a preflight, and in the ways that need none. */
import { post } from './speak.js'

const greet = { id: 1, method: 'tools/call', params: { name: 'greet', _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} } } }

/** @param {string} endpoint */
export default async (endpoint) => {
  const outcomes = await Promise.allSettled([
    post(endpoint, greet, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'greet' }),
    fetch(endpoint, { headers: { accept: 'text/event-stream' } }),
    fetch(endpoint, { method: 'POST', mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ jsonrpc: '2.0', ...greet }) }),
  ])
  return outcomes.map((outcome) => (outcome.status === 'fulfilled' ? `${outcome.value.type} ${outcome.value.status}` : outcome.reason.name))
}
