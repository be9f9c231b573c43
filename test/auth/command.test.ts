/** `gangway run` as a resource server, by flags, by variables and by a config file. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
const SERVER = fileURLToPath(new URL('../../apps/quickstart/src/server.ts', import.meta.url))
const AUDIENCE = 'https://api.example.com/mcp'

const folder = mkdtempSync(join(tmpdir(), 'gangway-auth-'))
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let issuer: string
let host: Server

beforeAll(async () => {
  keys = await generateKeyPair('ES256')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] })
  host = createServer(({ url }, response) => {
    if (url === '/keys') response.end(jwks)
    else response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/keys` }))
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
})
afterAll(() => {
  host.closeAllConnections()
  host.close()
  rmSync(folder, { recursive: true })
})

const token = (scope: string): Promise<string> => new SignJWT({ scope }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).setIssuer(issuer).setAudience(AUDIENCE).setSubject('ada').setExpirationTime('1m').sign(keys.privateKey)

async function statuses(url: string): Promise<number[]> {
  const ask = async (authorization?: string): Promise<number> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
    const reply = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/json', ...(authorization !== undefined && { authorization }) } })
    await reply.text()
    return reply.status
  }
  return [await ask(), await ask(`Bearer ${await token('other')}`), await ask(`Bearer ${await token('mcp')}`)]
}

/** Runs the command; resolves with the statuses for nobody, for somebody, and for somebody with the scope, or else with how it ended. */
async function run(args: string[], env: Record<string, string> = {}): Promise<number[] | { code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [BIN, 'run', ...args], { cwd: folder, env: { PATH: process.env.PATH, ...env }, stdio: ['pipe', 'ignore', 'pipe'] })
  let stderr = ''
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => child.once('close', (code) => resolve({ code, stderr })))
  const served = new Promise<string>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+\/mcp/.exec((stderr += text)) ?? []
      if (url) resolve(url)
    })
  })
  try {
    const first = await Promise.race([served, ended])
    return typeof first === 'string' ? await statuses(first) : first
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

test('by flags', async () => {
  expect(await run([SERVER, '-t', 'http', '-p', '0', '--auth-issuer', issuer, '--auth-audience', AUDIENCE, '--auth-scopes', 'mcp'])).toEqual([401, 403, 200])
})

test('by variables', async () => {
  expect(await run([SERVER, '-t', 'http', '-p', '0'], { GANGWAY_AUTH_ISSUER: issuer, GANGWAY_AUTH_AUDIENCE: AUDIENCE })).toEqual([401, 200, 200])
})

test('by a config file', async () => {
  writeFileSync(join(folder, 'gangway.json'), JSON.stringify({ server: SERVER, transport: 'http', port: 0, authIssuer: issuer, authAudience: AUDIENCE, authScopes: ['mcp'] }))
  expect(await run([])).toEqual([401, 403, 200])
})

test("over a file's own run()", async () => {
  const file = join(folder, 'own.mjs')
  const core = new URL('../../packages/core/dist/index.js', import.meta.url).href
  const http = new URL('../../packages/transport-http/dist/index.js', import.meta.url).href
  writeFileSync(file, `import { McpServer } from ${JSON.stringify(core)}\nimport { http } from ${JSON.stringify(http)}\nawait new McpServer({ name: 'own', version: '1.0.0' }).run(http({ port: 0 }))`)
  expect(await run([file, '--auth-issuer', issuer, '--auth-audience', AUDIENCE])).toEqual([401, 200, 200])
})

test.each([
  [['--auth-issuer', 'https://id.example.com'], '--auth-audience'],
  [['--auth-audience', AUDIENCE], '--auth-issuer'],
  [['--auth-issuer', 'http://id.example.com', '--auth-audience', AUDIENCE], 'https'],
  [['-t', 'stdio', '--auth-issuer', 'https://id.example.com', '--auth-audience', AUDIENCE], 'stdio'],
])('%j is refused', async (args, way) => {
  expect(await run([SERVER, ...(args.includes('-t') ? [] : ['-t', 'http', '-p', '0']), ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(way) })
})
