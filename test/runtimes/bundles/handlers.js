/** One server behind both handlers: `node:http` in front of the one, and of the other, which answers at `/fetch`. */
import { createServer } from 'node:http'
import { McpServer } from '@gangway/core'
import { fetchHandler } from '@gangway/transport-http/fetch'
import { nodeHandler } from '@gangway/transport-http/node'

const server = new McpServer({ name: 'bundled', version: '1.0.0' }).tool('hello', {}, () => 'Hello')
const onNode = nodeHandler(server)
const onFetch = fetchHandler(server, { allowedHosts: 'any' })

const listening = createServer(async (request, response) => {
  if (request.url !== '/fetch') return void onNode(request, response)
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const headers = /** @type {Record<string, string>} */ (request.headers)
  const reply = await onFetch(new Request(`http://${headers['host']}/fetch`, { method: 'POST', headers, body: Buffer.concat(chunks) }))
  response.writeHead(reply.status, Object.fromEntries(reply.headers)).end(await reply.text())
}).listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (listening.address()).port}/mcp`))
process.once('SIGTERM', () => process.exit())
