/** Operation: inject(), the rate limit, and shutdown. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { bearer, start } from './application.ts'

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' }, 'io.modelcontextprotocol/clientCapabilities': {} }
const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'list_errands', arguments: {}, _meta: META } }
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'list_errands' }

test('inject() reaches pages and MCP', async () => {
  const { app, keys, errands } = await start()
  errands.add('bob', 'mix')
  const reply = await app.inject({ method: 'POST', url: '/api/mcp', headers: { host: 'errands.test', ...HEADERS, ...bearer(keys.bob) }, payload: LIST })
  expect([reply.statusCode, reply.json()]).toMatchObject([200, { result: { structuredContent: { errands: [{ what: 'mix' }] } } }])
  expect((await app.inject({ url: '/' })).statusCode).toBe(200)
  await app.close()
})

test('pages and MCP share one rate limit, which also counts invalid keys', async () => {
  const { app, origin } = await start({ rate: 3 })
  const call = (headers = {}) => fetch(`${origin}/api/mcp`, { method: 'POST', headers: { ...HEADERS, ...headers }, body: JSON.stringify(LIST) })
  expect([(await call()).status, (await call(bearer('guessed'))).status, (await call()).status]).toEqual([401, 401, 401])
  const refused = await call()
  expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toMatchObject([429, expect.any(String), { jsonrpc: '2.0', error: { code: -32600 } }])
  await app.close()
})

test('`npm start` serves until a signal, and then closes open streams and unused connections', async () => {
  const port = await freePort()
  const command = [fileURLToPath(new URL('../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url)), fileURLToPath(new URL('../src/main.ts', import.meta.url))]
  const child = spawn(process.execPath, command, { env: { ...process.env, PORT: `${port}` }, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  let key = ''
  for await (const line of createInterface(child.stdout)) if ((key = /Bearer (\S+)/.exec(line)?.[1] ?? '')) break
  const open = await fetch(`http://localhost:${port}/api/sse`, { headers: bearer(key) })
  expect(open.status).toBe(200)
  const unused = connect(port, 'localhost')
  await once(unused, 'connect')
  child.kill('SIGTERM')
  expect(await open.text()).toMatch(/^event: endpoint\ndata: \/api\/messages\?sessionId=/) // Complete, not cut off.
  expect(await ended).toEqual([0, null])
  unused.destroy()
}, 60_000)

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, 'localhost')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
