// An MCP server for tests that tells everything it knows: it puts its arguments and variables into stderr and into errors. MODE says how it fails.
import process from 'node:process'
import { createInterface } from 'node:readline'

const { MODE = 'serve' } = process.env
const known = [...process.argv.slice(2), ...Object.entries(process.env).map(([name, value]) => `${name}=${value}`)]
const everything = known.join(' ')
/** @param {object} message */
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
/** @param {unknown} id */
const fail = (id) => send({ id, error: { code: -32000, message: `no access: ${everything}`, data: { [everything]: [everything, { known }] } } })

process.stderr.write(`${everything}\n${known.join('\n')}\n`)
const inPieces = (async () => {
  for (const piece of everything.match(/.{1,9}/gs) ?? []) {
    process.stderr.write(piece)
    await new Promise((resolve) => void setTimeout(resolve, 1).unref())
  }
})()

if (MODE === 'exit') process.exit(1)
if (MODE === 'print') known.forEach((text) => process.stdout.write(`${'x'.repeat(190)}${text}\nfailed: ${text}\n`))

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line)
  if (id === undefined) return
  if (method === 'initialize' && MODE === 'refuse') return fail(id)
  if (method === 'initialize') return send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { logging: {}, tools: {}, resources: {}, prompts: {} }, serverInfo: { name: 'leaky', version: '1' } } })
  if (method === 'tools/list') return send({ id, result: { tools: ['crash', 'fail', 'hang', 'invalid'].map((name) => ({ name, inputSchema: { type: 'object' } })) } })
  if (method === 'tools/call') send({ method: 'notifications/message', params: { level: 'error', data: { everything } } })
  if (method === 'tools/call' && params.name === 'hang') return
  if (method === 'tools/call' && params.name === 'invalid') return send({ id, result: { content: everything } })
  if (method === 'tools/call' && params.name === 'crash') return void inPieces.then(() => process.stderr.write(`\ncrashed: ${everything}`, () => process.exit(3)))
  fail(id)
})
