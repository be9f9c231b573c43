/** A page that opens a session, calls a tool that tells how far it is, hears of a change, and ends the session. */
import { eventsOf, post } from './speak.js'

const initialize = { id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'page', version: '1.0.0' } } }

/** @param {string} endpoint */
export default async (endpoint) => {
  const opened = await post(endpoint, initialize)
  const session = opened.headers.get('mcp-session-id') ?? 'none that can be read'
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }
  await post(endpoint, { method: 'notifications/initialized' }, headers)

  const counting = await post(endpoint, { id: 2, method: 'tools/call', params: { name: 'count', _meta: { progressToken: 't' } } }, headers)
  const counted = []
  for await (const message of eventsOf(counting)) counted.push(message)

  const unasked = eventsOf(await fetch(endpoint, { headers: { ...headers, accept: 'text/event-stream' } }))
  const change = unasked.next()
  await post(endpoint, { id: 3, method: 'tools/call', params: { name: 'grow' } }, headers)
  const { value: changed } = await change

  const ended = await fetch(endpoint, { method: 'DELETE', headers })
  const after = await post(endpoint, { id: 4, method: 'ping' }, headers)
  const { error } = await after.json()
  return { session, opened: await opened.json(), counted, changed, ended: ended.status, after: after.status, reason: error.data.reason }
}
