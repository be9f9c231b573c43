/** How a page speaks to an endpoint by `fetch` alone. */

/**
 * @param {string} endpoint
 * @param {object} message
 * @param {Record<string, string>} [headers]
 * @param {RequestInit} [options]
 */
export function post(endpoint, message, headers = {}, options = {}) {
  const all = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers }
  return fetch(endpoint, { method: 'POST', headers: all, body: JSON.stringify({ jsonrpc: '2.0', ...message }), ...options })
}

/**
 * The messages of an event stream, as they come.
 * @param {Response} response
 */
export async function* eventsOf({ body }) {
  let rest = ''
  if (!body) return
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, data] = /^data: (.+)$/m.exec(block) ?? []
      if (data) yield JSON.parse(data)
    }
  }
}
