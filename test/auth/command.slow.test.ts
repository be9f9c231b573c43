/** `gangway run` as a resource server, by flags, by variables and by a config file. */
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))
const SERVER = fileURLToPath(new URL('../../apps/quickstart/src/server.ts', import.meta.url))
const AUDIENCE = 'https://api.example.com/mcp'

type Tokens = readonly (string | Promise<string>)[]

const folder = mkdtempSync(join(tmpdir(), 'gangway-auth-'))
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let issuer: string
let host: Server

beforeAll(async () => {
  keys = await generateKeyPair('ES256')
  const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] })
  host = createServer(async (request, response) => {
    if (request.url === '/keys') response.end(jwks)
    else if (request.url === '/introspect') response.end(JSON.stringify(await introspect(request)))
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

/** Of a client that knows the secret, about the one token that there is. */
async function introspect(request: IncomingMessage): Promise<object> {
  const known = request.headers.authorization === `Basic ${btoa('shop:kept-secret')}`
  return { active: known && new URLSearchParams(await text(request)).get('token') === 'opaque', sub: 'ada', aud: 'api://shop', scope: 'admin' }
}

const token = (scope: string, audience = AUDIENCE): Promise<string> => new SignJWT({ scope }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).setIssuer(issuer).setAudience(audience).setSubject('ada').setExpirationTime('1m').sign(keys.privateKey)

async function statuses(url: string, tokens: Tokens = [token('other'), token('mcp')]): Promise<number[]> {
  const ask = async (authorization?: string): Promise<number> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
    const reply = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', accept: 'application/json', ...(authorization !== undefined && { authorization }) } })
    await reply.text()
    return reply.status
  }
  const found = [await ask()]
  for (const one of tokens) found.push(await ask(`Bearer ${await one}`))
  return found
}

/** Runs the command; resolves with the statuses for nobody, for somebody, and for somebody with the scope, or else with how it ended. */
async function run(args: string[], env: Record<string, string> = {}, tokens?: Tokens): Promise<number[] | { code: number | null; stderr: string }> {
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
    return typeof first === 'string' ? await statuses(first, tokens) : first
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

test('with flags', async () => {
  expect(await run([SERVER, '-t', 'http', '-p', '0', '--auth-issuer', issuer, '--auth-audience', AUDIENCE, '--auth-scopes', 'mcp'])).toEqual([401, 403, 200])
})

test('with variables', async () => {
  expect(await run([SERVER, '-t', 'http', '-p', '0'], { GANGWAY_AUTH_ISSUER: issuer, GANGWAY_AUTH_AUDIENCE: AUDIENCE })).toEqual([401, 200, 200])
})

test('with a config file', async () => {
  writeFileSync(join(folder, 'gangway.json'), JSON.stringify({ server: SERVER, transport: 'http', port: 0, authIssuer: issuer, authAudience: AUDIENCE, authScopes: ['mcp'] }))
  expect(await run([])).toEqual([401, 403, 200])
})

describe('with the other settings of a config file', () => {
  const write = (auth: object): string => {
    const file = join(folder, 'more.gangway.json')
    writeFileSync(file, JSON.stringify({ server: SERVER, transport: 'http', port: 0, authIssuer: issuer, authAudience: 'api://shop', authScopes: ['mcp'], auth: { resource: AUDIENCE, impliedScopes: { admin: ['mcp'] }, ...auth } }))
    return file
  }

  test('for JWTs', async () => {
    const tokens = [token('admin'), token('admin', 'api://shop'), token('constructor', 'api://shop')]
    expect(await run([write({ keys: `${issuer}/keys`, algorithms: ['ES256'], cacheTtl: 0 })], {}, tokens)).toEqual([401, 401, 200, 403])
    expect(await run([write({ algorithms: ['RS256'] })], {}, tokens)).toEqual([401, 401, 401, 401])
  })

  const introspection = { endpoint: '${ISSUER}/introspect', clientId: 'shop', clientSecret: '${SECRET}' }

  test('for opaque tokens, with a secret in a variable', async () => {
    expect(await run([write({ introspection })], { ISSUER: issuer, SECRET: 'kept-secret' }, ['opaque', 'another', token('mcp', 'api://shop')])).toEqual([401, 200, 401, 401])
  })

  test.each<[auth: object, facts: readonly string[]]>([
    [{ resorce: AUDIENCE }, ['"auth.resorce"', '"resource"']],
    [{ introspection: { ...introspection, secret: 'x' } }, ['"auth.introspection.secret"', 'clientSecret']],
    [{ introspection: { endpoint: 'https://id.example.com' } }, ['"auth.introspection.clientId"', 'string']],
    [{ introspection, algorithms: ['ES256'] }, ['"auth.algorithms"', '"auth.introspection"']],
    [{ timeout: -1 }, ['"auth.timeout"', '-1']],
  ])('%j is rejected', async (auth, facts) => {
    const { code, stderr } = await run([write(auth)], { ISSUER: issuer, SECRET: 'kept-secret' }) as { code: number; stderr: string }
    expect(code).toBe(2)
    for (const fact of ['GANGWAY_E_CONFIG', 'more.gangway.json:1:', ...facts]) expect(stderr).toContain(fact)
  })

  test('--explain does not print the secret', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'run', write({ introspection }), '--explain'], { env: { PATH: process.env.PATH, ISSUER: issuer, SECRET: 'kept-secret' } })
    expect(stdout).toContain('clientSecret')
    expect(stdout).not.toContain('kept-secret')
  })
})

test('overrides the options of run() in the file', async () => {
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
])('%j is rejected', async (args, way) => {
  expect(await run([SERVER, ...(args.includes('-t') ? [] : ['-t', 'http', '-p', '0']), ...args])).toMatchObject({ code: 2, stderr: expect.stringContaining(way) })
})
