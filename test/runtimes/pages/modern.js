/** A page that needs no session: it discovers, repeats an argument in a header, listens, and cancels by leaving. */
import { eventsOf, post } from './speak.js'

const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {}, progressToken: 't' }

/** @param {string} endpoint */
export default async (endpoint) => {
  /**
   * @param {string} method
   * @param {Record<string, any>} [params]
   * @param {Record<string, string>} [headers]
   * @param {RequestInit} [options]
   */
  const request = (method, params = {}, headers = {}, options = {}) =>
    post(endpoint, { id: 1, method, params: { ...params, _meta } }, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...(params.name && { 'mcp-name': params.name }), ...headers }, options)

  const discovered = await (await request('server/discover')).json()
  const routed = await (await request('tools/call', { name: 'region', arguments: { region: 'eu' } }, { 'mcp-param-region': 'eu' })).json()

  const listening = eventsOf(await request('subscriptions/listen', { notifications: { toolsListChanged: true } }))
  const { value: acknowledged } = await listening.next()
  const change = listening.next()
  await request('tools/call', { name: 'grow' })
  const { value: changed } = await change
  await listening.return()

  const leaving = new AbortController()
  const waiting = eventsOf(await request('tools/call', { name: 'wait' }, {}, { signal: leaving.signal }))
  await waiting.next()
  leaving.abort()
  return { discovered, routed, acknowledged, changed }
}
