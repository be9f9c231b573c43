/** What is there when the blocks of a page run: files that commands name, a server elsewhere, a registry, and a home. Nothing of it is beyond this machine. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { McpServer } from '@gangway/core'
import { httpApp } from '@gangway/transport-http'
import { mcpSse } from '@gangway/transport-sse'
import { INSPECTOR_VERSION } from '../../packages/cli/src/dev/install-inspector.ts'
import { nodePackage } from '../../packages/cli/src/environment/node-binary.ts'
import { startRegistry, type PublishedPackage } from '../../packages/cli/test/registry.ts'

const SHOP = "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'shop', version: '1.0.0' })\n"

/** By their paths. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ private: true, type: 'module' }),
  'shop/package.json': JSON.stringify({ private: true }),
  'tools/package.json': JSON.stringify({ dependencies: { kleur: '4' } }),
  'node_modules/@shop/server/package.json': JSON.stringify({ name: '@shop/server', type: 'module', exports: './index.js' }),
  'node_modules/@shop/server/index.js': SHOP,
  '.env': 'REGION=south\n',
}

const published = (name: string, version: string): PublishedPackage => ({ name, version, manifest: { type: 'module', exports: './index.js' }, files: { 'index.js': `export const name = '${name}'\n` } })
/** The one that runs the tests, under the name of the one that the pages ask for. */
const node: PublishedPackage = { name: nodePackage(), version: '24.0.0', manifest: { bin: { node: 'bin/node' } }, files: { 'bin/node': `#!/bin/sh\nexec ${process.execPath} "$@"\n` } }

/** As much of the Inspector as to shake hands with the server that it is given on stdio. Then it ends, as when somebody has seen enough. */
const INSPECTOR = `
const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { MCP_INSPECTOR_API_TOKEN: token, HOME, PATH } = process.env
const [{ type, command, args, cwd }] = Object.values(JSON.parse(readFileSync(process.argv[process.argv.indexOf('--catalog') + 1], 'utf8')).mcpServers)
console.log('http://127.0.0.1:1/?MCP_INSPECTOR_API_TOKEN=' + token)
if (type === 'stdio') {
  const server = spawn(command, args, { cwd, env: { HOME, PATH }, stdio: ['pipe', 'pipe', 'inherit'] })
  let text = ''
  server.stdout.on('data', (data) => (text += data))
  server.on('close', () => process.exit(text.includes('"serverInfo":') ? 0 : 1))
  server.stdin.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'inspector', version: '1' } } }) + '\\n')
}
`
const inspector: PublishedPackage = { name: '@modelcontextprotocol/inspector', version: INSPECTOR_VERSION, manifest: { bin: { 'mcp-inspector': 'inspector.cjs' } }, files: { 'inspector.cjs': INSPECTOR } }

export interface Surroundings {
  /** Variables of what runs there. */
  readonly env: Readonly<Record<string, string>>
  /** The same text, in which the addresses of the pages are such that somebody listens there. */
  reachable(text: string): string
  close(): Promise<void>
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Writes the files into this folder. */
export async function startSurroundings(folder: string): Promise<Surroundings> {
  const registry = await startRegistry([published('papaparse', '5.0.0'), published('nanoid', '5.0.0'), published('kleur', '4.0.0'), node, inspector])
  const elsewhere = new McpServer({ name: 'elsewhere', version: '1.0.0', logger: silent }).tool('hello', {}, () => 'Hello!').resource('hello://world', {}, () => 'Hello!')
  const app = httpApp(elsewhere)
  await app.register(mcpSse, { server: elsewhere })
  const url = await app.listen({ port: 0 })
  const home = join(folder, 'home')
  mkdirSync(home)
  // As for hosts, which give no variables.
  for (const [path, text] of Object.entries({ ...FILES, '.npmrc': `registry=${registry.url}\n` })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return {
    env: { HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: '', CLAUDE_CONFIG_DIR: '', GEMINI_CLI_HOME: '', XDG_CACHE_HOME: join(home, 'cache'), npm_config_cache: join(home, 'npm'), npm_config_registry: registry.url },
    reachable: (text) => text.replaceAll(/https:\/\/example\.com(?=\/mcp)|http:\/\/127\.0\.0\.1:8000(?=\/(mcp|sse)')/g, url),
    close: async () => {
      await app.close()
      await registry.close()
    },
  }
}
