/** Runs `gangway dev` until its page is there, with an Inspector from a registry on loopback, or with the real one. */
import type { PublishedPackage } from './registry.ts'
import { ended, start, type Child, type Ended, type Options } from './gangway.ts'

export interface Dev {
  readonly page: URL
  readonly child: Child
  /** What it has written to stderr so far. */
  readonly said: () => string
  readonly end: Promise<Ended>
}

/** Ends it with SIGTERM when `use` is done, if it has not ended. */
export async function gangwayDev(args: readonly string[], use: (dev: Dev) => Promise<void>, options?: Options): Promise<Ended> {
  const child = start(['dev', ...args], options)
  const end = ended(child)
  let text = ''
  const page = new Promise<URL>((resolve) => {
    child.stderr.on('data', (more: string) => {
      const [, url] = /^MCP Inspector: (\S+)\n/m.exec((text += more)) ?? []
      if (url !== undefined) resolve(new URL(url))
    })
  })
  const failed = end.then(({ stderr, code }) => Promise.reject(new Error(`It ended with ${code} before its page was there: ${stderr}`)))
  failed.catch(() => {}) // Later, it is no failure.
  try {
    await use({ page: await Promise.race([page, failed]), child, said: () => text, end })
  } finally {
    child.kill('SIGTERM')
    await end
  }
  return end
}

/** As much of an Inspector as `dev` knows, and eyes for what it was given. FAKE has it misbehave. */
const FAKE = `
const { createServer } = require('node:http')
const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { createInterface } = require('node:readline')
const { FAKE, HOST, CLIENT_PORT, MCP_INSPECTOR_API_TOKEN: token, HOME, PATH } = process.env
console.log('Starting the fake')
if (FAKE === 'dies') throw new Error('No luck today')
if (FAKE === 'stubborn') process.on('SIGTERM', () => {})
const file = process.argv[process.argv.indexOf('--catalog') + 1]
const [[name, entry]] = Object.entries(JSON.parse(readFileSync(file, 'utf8')).mcpServers)
let server
let told
const message = (id, method, params) => server.stdin.write(JSON.stringify({ jsonrpc: '2.0', id, method, params }) + '\\n')
const answers = {
  '/seen': async () => ({ argv: process.argv.slice(2), env: process.env, node: process.argv0, name, entry, pid: process.pid, file }),
  '/server': () => new Promise((resolve) => {
    told = resolve
    if (server) return message(2, 'tools/call', { name: 'see', arguments: {} })
    server = spawn(entry.command, entry.args, { cwd: entry.cwd, env: { HOME, PATH }, stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: server.stdout }).on('line', (line) => {
      const { id, result } = JSON.parse(line)
      if (id === 1) message(2, 'tools/call', { name: 'see', arguments: {} })
      if (id === 2) told(JSON.parse(result.content[0].text))
    })
    message(1, 'initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'fake', version: '1' } })
  }),
  '/die': async () => { console.error('Error: It was too much'); process.exit(5) },
}
createServer((request, response) => answers[request.url]().then((answer) => response.setHeader('connection', 'close').end(JSON.stringify(answer)))).listen(CLIENT_PORT, HOST, () => {
  console.log('Up at http://' + HOST + ':' + CLIENT_PORT + '?MCP_INSPECTOR_API_TOKEN=' + token)
})
`

export const fakeInspector = (version: string, node = '>=20'): PublishedPackage => ({
  name: '@modelcontextprotocol/inspector',
  version,
  manifest: { bin: { inspector: 'fake.js', 'mcp-inspector': 'fake.js' }, engines: { node } },
  files: { 'fake.js': FAKE },
})
