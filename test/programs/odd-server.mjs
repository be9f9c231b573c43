/** A stdio server of the 2024 and 2025 revisions that deviates from the specification as servers in the wild do: each argument names a deviation. */
import process from 'node:process'
import { createInterface } from 'node:readline'

const odd = new Set(process.argv.slice(2))
/** @param {unknown} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...Object(message) })}\n`)

const good = { name: 'good', description: 'Say hello', inputSchema: { type: 'object', properties: {} } }
/** @type {unknown[]} */
const tools = [
  odd.has('null members') ? { ...good, title: null, annotations: null, outputSchema: null, _meta: null } : good,
  ...(odd.has('schema null') ? [{ name: 'bad', inputSchema: null }] : []),
  ...(odd.has('schema missing') ? [{ name: 'bad' }] : []),
  ...(odd.has('schema of a string') ? [{ name: 'bad', inputSchema: { type: 'string' } }] : []),
  ...(odd.has('entry null') ? [null] : []),
  ...(odd.has('name twice') ? [{ ...good, description: 'The second' }] : []),
]
if (odd.has('schema keywords null')) tools[0] = { ...good, inputSchema: { type: null, properties: null, required: null } }

let pages = 0
const cursor = () => {
  if (odd.has('empty cursor')) return { nextCursor: '' }
  if (odd.has('null cursor')) return { nextCursor: null }
  if (odd.has('same cursor')) return { nextCursor: 'more' }
  return odd.has('endless cursors') ? { nextCursor: `page ${++pages}` } : {}
}

const content = [{ type: 'text', text: odd.has('text null') ? null : 'hello', ...(odd.has('null members') && { annotations: null, _meta: null }) }]
const NULLS = { structuredContent: null, isError: null, _meta: null }

/** @type {Record<string, (params: any) => unknown>} */
const METHODS = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: odd.has('logging unknown') ? { tools: {}, logging: {} } : odd.has('tools only') ? { tools: {} } : { tools: {}, resources: {}, prompts: {} }, serverInfo: { name: 'odd', version: '1' }, ...(odd.has('null members') && { instructions: null, _meta: null }) }),
  ping: () => (odd.has('empty result null') ? null : {}),
  'tools/list': () => ({ tools: odd.has('lists null') ? null : tools, ...cursor() }),
  'resources/list': () => ({ resources: odd.has('lists null') ? null : [{ uri: 'odd://file', ...(odd.has('null members') && { name: null, mimeType: null, size: null }) }] }),
  'resources/read': ({ uri }) => ({ contents: [{ uri, mimeType: null, text: odd.has('text null') ? null : 'a file', blob: null }] }),
  'prompts/list': () => ({ prompts: odd.has('lists null') ? null : [{ name: 'greet', description: null, arguments: null }] }),
  'prompts/get': () => ({ description: null, messages: [{ role: 'user', content: content[0] }] }),
  'tools/call': () => (odd.has('null members') ? { content, ...NULLS } : { content: odd.has('content null') ? null : content }),
}
if (odd.has('prompts unknown')) delete METHODS['prompts/list']

/** @param {any} request */
function answer({ id: given, method, params }) {
  const id = odd.has('ids as text') ? String(given) : given
  const nulls = (/** @type {string} */ member) => (odd.has('both outcomes') ? { [member]: null } : {})
  if (odd.has('tools fail') && method === 'tools/list') return send({ id, error: { code: -32603, message: 'The database is down' } })
  if (odd.has('prompts fail') && method === 'prompts/list') return send({ id, error: { code: -32603, message: 'The database is down' } })
  if (odd.has('prompts silent') && method === 'prompts/list') return undefined
  if (odd.has('error of text') && method === 'tools/call') return send({ id, error: 'The database is down' })
  const known = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined
  if (known && params?._meta?.progressToken !== undefined) send({ method: 'notifications/progress', params: { progressToken: odd.has('ids as text') ? String(params._meta.progressToken) : params._meta.progressToken, progress: 1 } })
  if (known) return send({ id, result: known(params), ...nulls('error') })
  return send({ id, error: { code: -32601, message: `Method not found: ${method}` }, ...nulls('result') })
}

let first = ''
if (odd.has('banner')) process.stdout.write('Odd server 1.0 listens on stdio\n')
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line)
  if (message.id === undefined) return undefined
  first ||= message.method
  if (odd.has('prints')) process.stdout.write(`debug: ${message.method}\n\n[1, 2]\n`)
  // Some bridges open their session for the first request, whatever that is.
  if (odd.has('handshake first') && first !== 'initialize' && message.method === 'initialize') return send({ id: message.id, error: { code: -32600, message: 'Invalid Request: Server already initialized' } })
  if (odd.has('handshake first, or exit') && first !== 'initialize' && message.method === 'initialize') return process.exit(1)
  return answer(message)
})
