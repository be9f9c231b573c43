/** A stdio server that does not keep to the rules: each argument names what it does wrong. */
import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'

const faults = new Set(process.argv.slice(2))
/** @param {unknown} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...Object(message) })}\n`)

if (faults.has('prints a banner')) process.stdout.write('Welcome to rogue 1.0!\n')
if (faults.has('fails at once')) {
  console.error('Error: no API key')
  process.exit(3)
}
if (faults.has('stays')) {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
}
// A process of its own that heeds nothing: it must not stay either.
if (faults.has('has a child')) {
  const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'inherit' })
  console.error(`child ${child.pid}`)
}
console.error(`pid ${process.pid}`)

/** @type {Record<string, (id: unknown) => void>} */
const CALLS = {
  twice: (id) => {
    send({ id, result: { content: [] } })
    send({ id, result: { content: [] } })
  },
  foreign: (id) => {
    send({ id: 'never asked', result: { content: [] } })
    send({ id, result: { content: [] } })
  },
  never: () => {},
  halfway: (id) => {
    process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"cont`, () => process.exit(7))
  },
  mute: () => closeSync(process.stdout.fd),
  endless: () => {
    const chunk = 'x'.repeat(2 ** 20)
    for (let sent = 0; sent < 64; sent++) process.stdout.write(chunk)
  },
  liar: (id) => send({ id, result: { content: [], structuredContent: { sum: 'three' } } }),
  empty: (id) => send({ id, result: { content: [{ type: 'text', text: 'no value' }] } }),
  shapeless: (id) => send({ id, result: { content: 'text' } }),
  garbled: (id) => {
    process.stdout.write('{"jsonrpc":"2.0","id":1,"result"\n\uFFFD\n')
    process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]))
    send({ id, result: { content: [] } })
  },
}
const outputSchema = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] }
const tools = Object.keys(CALLS).map((name) => ({ name, inputSchema: { type: 'object' }, ...(['liar', 'empty'].includes(name) && { outputSchema }) }))

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  if (faults.has('hangs up on strangers') && method === 'server/discover') process.exit(1)
  if (faults.has('is silent')) return
  if (faults.has('ignores strangers') && method === 'server/discover') return
  if (id === undefined) return
  if (method === 'initialize') send({ id, result: { protocolVersion: faults.has('speaks of the future') ? '2099-01-01' : params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'rogue', version: '1' } } })
  else if (method === 'tools/list') send({ id, result: { tools } })
  else if (method === 'tools/call') CALLS[params.name]?.(id)
  else if (faults.has('does not know who asked')) send({ id: null, error: { code: -32600, message: 'What?' } })
  else send({ id, error: { code: -32601, message: `Method not found: ${method}` } })
})
