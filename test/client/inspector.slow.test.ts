/** The real Inspector, as `gangway dev` starts it: asked as its page asks it, and shown in a real browser. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { gangwayDev } from '../../packages/cli/test/dev-process.ts'
import { project } from '../../packages/cli/test/gangway.ts'
import { browse } from '../runtimes/chromium.ts'
import { missing } from '../runtimes/runtimes.ts'

const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-inspector-'))
const env = { HOME: temporary, XDG_CACHE_HOME: join(temporary, 'cache') }
const ports = ['--ui-port', '0', '--sandbox-port', '0']
const SERVER = `import { jsonSchema, McpServer } from '@gangway/core'
const input = jsonSchema({ type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } })
export default new McpServer({ name: 'adder', version: '1.0.0' }).tool('add', { input }, ({ a, b }) => String(a + b))
`
const adder = (): string => project({ 'adder.mjs': SERVER }, ['core', 'transport-stdio', 'transport-http', 'transport-sse'])

let unreachable = false
beforeAll(async () => {
  try {
    await gangwayDev(['adder.mjs', ...ports], async () => {}, { cwd: adder(), env }) // Fetches it.
  } catch (error) {
    unreachable = String(error).includes('GANGWAY_E_REGISTRY')
    if (!unreachable) throw error
  }
}, 300_000)
beforeEach(({ skip }) => skip(unreachable, 'SKIPPED: the npm registry cannot be reached, so there is no Inspector'))
afterAll(() => rmSync(temporary, { recursive: true, maxRetries: 5 }))

/** What the page of the Inspector does when its user connects to a server. */
class ByInspector implements Transport {
  onmessage?: Transport['onmessage']
  onclose?: () => void
  readonly #page: URL
  readonly #token: string
  #events: Readable | undefined
  #sessionId = ''

  constructor(page: URL) {
    this.#page = page
    this.#token = page.searchParams.get('MCP_INSPECTOR_API_TOKEN') ?? page.searchParams.get('autoConnect') ?? ''
  }

  async start(): Promise<void> {
    const { mcpServers } = (await (await this.#ask('servers')).json()) as { mcpServers: Record<string, unknown> }
    const [config] = Object.values(mcpServers)
    const { sessionId } = (await (await this.#ask('mcp/connect', { config })).json()) as { sessionId: string }
    this.#sessionId = sessionId
    const { body } = await this.#ask(`mcp/events?sessionId=${sessionId}`)
    this.#events = Readable.fromWeb(body as ReadableStream)
    createInterface({ input: this.#events }).on('line', (line) => {
      const { type, data } = line.startsWith('data: ') ? JSON.parse(line.slice('data: '.length)) : {}
      if (type === 'message') this.onmessage?.(data)
    })
  }

  async send(message: unknown): Promise<void> {
    await this.#ask('mcp/send', { sessionId: this.#sessionId, message })
  }

  async close(): Promise<void> {
    await this.#ask('mcp/disconnect', { sessionId: this.#sessionId })
    this.#events?.destroy()
    this.onclose?.()
  }

  async #ask(path: string, body?: object): Promise<Response> {
    const headers = { 'x-mcp-remote-auth': `Bearer ${this.#token}`, 'content-type': 'application/json', origin: this.#page.origin }
    const response = await fetch(new URL(`/api/${path}`, this.#page), body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response
  }
}

test.each([['stdio'], ['http', '-p', '0'], ['sse', '-p', '0']])('on %s, the Inspector lists and calls tools, before and after an edit', async (...transport) => {
  const cwd = adder()
  const { code } = await gangwayDev(['adder.mjs', '-t', ...transport, ...ports], async ({ page }) => {
    expect((await fetch(page)).status).toBe(200)
    expect((await fetch(new URL('/api/servers', page))).status).toBe(401)
    const client = new Client({ name: 'page', version: '1.0.0' })
    await client.connect(new ByInspector(page))
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['add'])
    expect(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).toMatchObject({ content: [{ type: 'text', text: '3' }] })
    writeFileSync(join(cwd, 'adder.mjs'), SERVER.replace('a + b', 'a * b * 10'))
    while (!JSON.stringify(await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })).includes('"20"')) await sleep(50)
    await client.close()
  }, { cwd, env })
  expect(code).toBe(0)
})

test('on HTTP, its page connects automatically', async ({ skip }) => {
  const reason = missing('chromium')
  skip(reason !== undefined, reason)
  await gangwayDev(['adder.mjs', '-t', 'http', '-p', '0', '-l', 'debug', ...ports], async ({ page, said }) => {
    const browser = browse(page.href)
    while (!said().includes('"method":"tools/list"')) await sleep(50)
    await browser.close()
  }, { cwd: adder(), env })
})
