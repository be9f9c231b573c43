/** What users get: our packages as the registry would have them, installed by npm alone into empty projects, and run there. */

import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pack, type Packed } from '../scripts/packed.mjs'
import { emptyProject, end, install, isUnreachable, killAll, run, start } from './projects.ts'

const root = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-packages-'))
const small = join(root, 'small') // Core and the stdio transport, and nothing else.
const full = join(root, 'full') // All of them, and what a TypeScript project has besides.
const empty = join(root, 'empty') // The command, in a folder that had nothing in it.
const TIMEOUT = 60_000
/** npm then refuses a package, at any depth, that does not want this Node. */
const ENGINE_STRICT = 'engine-strict=true\n'

const server = `
  import { isMain, McpServer } from '@gangway/core'
  const server = new McpServer({ name: 'shop', version: '1.0.0' }).tool('hello', {}, () => 'Hello')
  export default server
  if (isMain(import.meta)) await server.run()`
// With no manifest beside it that says what its modules are.
const shop = `
  import { McpServer } from '@gangway/core'
  enum Greeting { Long = 'Hello from TypeScript' }
  export default new McpServer({ name: 'shop', version: '1.0.0' }).tool('hello', {}, () => Greeting.Long)`
// Leaves the process alone, so that it lives until whatever was begun, such as the loading of a module, has ended.
const host = `
  import server from './server.js'
  await server.serve()`
const http = `
  import server from './server.js'
  const { url } = await server.run({ transport: 'http', port: 0 })
  console.log(url)`
const auth = `
  import { bearer } from '@gangway/auth'
  import { httpApp } from '@gangway/transport-http'
  import { exportJWK, generateKeyPair, SignJWT } from 'jose'
  import server from './server.js'
  const [issuer, audience] = ['https://id.example.com', 'https://api.example.com/mcp']
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const token = await new SignJWT({ sub: 'ada' }).setProtectedHeader({ alg: 'ES256' }).setIssuer(issuer).setAudience(audience).setExpirationTime('1m').sign(privateKey)
  const app = httpApp(server, { authenticate: bearer({ issuer, audience, keys: { keys: [await exportJWK(publicKey)] } }) })
  const headers = { host: 'localhost', 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
  const statuses = []
  for (const authorization of [{}, { authorization: 'Bearer ' + token }]) {
    const { statusCode } = await app.inject({ method: 'POST', url: '/mcp', headers: { ...headers, ...authorization }, payload: process.argv[2] })
    statuses.push(statusCode)
  }
  await app.close()
  console.log(statuses.join())`
const imports = `
  import { createRequire } from 'node:module'
  const found = {}
  for (const name of process.argv.slice(2)) found[name] = { imported: await import(name), required: createRequire(import.meta.url)(name) }
  console.log(JSON.stringify(found, (_, value) => (Object(value)[Symbol.toStringTag] === 'Module' ? Object.keys(value) : value)))`
const consumer = `
  import { bearer, introspection, staticKeys, tokens } from '@gangway/auth'
  import { isMain, McpServer } from '@gangway/core'
  import { connect as connectTo } from '@gangway/core/client'
  import { connectInMemory } from '@gangway/core/testing'
  import { httpClient } from '@gangway/transport-http/client'
  import { sseClient } from '@gangway/transport-sse/client'
  import { stdioClient } from '@gangway/transport-stdio/client'
  import { http, mcpHttp } from '@gangway/transport-http'
  import { mcpSse, sse } from '@gangway/transport-sse'
  import { stdio } from '@gangway/transport-stdio'
  import { z } from 'zod'
  export const transports = [http({ port: 0 }), sse({ port: 0 }), stdio()]
  export const doors = [bearer, introspection, staticKeys, tokens]
  export const locked = http({ authenticate: bearer({ issuer: 'https://id.example.com', audience: 'https://api.example.com/mcp' }) })
  export const plugins = [mcpHttp, mcpSse]
  export const clients = [httpClient('http://x'), sseClient('http://x'), stdioClient({ command: 'x' })].map((transport) => connectTo(transport))
  export const tested = async (): Promise<number> => {
    await using client = await connectInMemory(new McpServer({ name: 'shop', version: '1.0.0' }).tool('one', { output: { n: z.number() } }, () => ({ n: 1 })))
    return (await client.call.one()).n
  }
  export default new McpServer({ name: 'shop', version: '1.0.0' })
    .tool('add', { input: { a: z.number() }, output: { sum: z.number() } }, ({ a }) => ({ sum: a }))
    .resource('shop://orders/{order}', {}, ({ order }) => order)
    .tool('wrong', { output: { sum: z.number() } }, () => ({ sum: 'one' }))
  if (isMain(import.meta)) await new McpServer({ name: 'shop', version: '1.0.0' }).run({ transport: 'http' })`
const compilerOptions = { target: 'es2023', strict: true, exactOptionalPropertyTypes: true, declaration: true, noEmit: true, skipLibCheck: false }

const published = new Map<string, Packed>()
/** Why npm could not fetch the packages of others. */
let offline: string | undefined

beforeAll(async () => {
  for (const packed of pack(root)) published.set(packed.name, packed)
  mkdirSync(empty)
  writeFileSync(join(empty, '.npmrc'), ENGINE_STRICT)
  writeFileSync(join(empty, 'shop.ts'), shop)
  for (const [directory, files] of [
    [small, { 'server.js': server, 'http.js': http }],
    [full, { 'server.js': server, 'host.js': host, 'http.js': http, 'auth.js': auth, 'imports.js': imports, 'consumer.ts': consumer }],
  ] as const) {
    emptyProject(directory)
    writeFileSync(join(directory, '.npmrc'), ENGINE_STRICT)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
  }
  await Promise.all([
    install(small, [tarball('@gangway/core'), tarball('@gangway/transport-stdio')]),
    whileReachable(install(full, [...[...published.keys()].map(tarball), 'zod@4', '@types/node@20'])),
    whileReachable(install(empty, [...published.keys()].map(tarball))),
  ])
}, 3 * TIMEOUT)

afterAll(() => {
  killAll()
  rmSync(root, { recursive: true, maxRetries: 3 })
}, TIMEOUT) // Three installations are many files for a disk that others use, too.

describe('core and the stdio transport', () => {
  test('have no other dependencies', async () => {
    const { stdout } = await run(small, 'npm', ['ls', '--all', '--parseable'])
    const [, ...listed] = stdout.trim().split('\n').map((path) => relative(join(small, 'node_modules'), path).replaceAll('\\', '/'))
    expect(listed).toEqual(['@gangway/core', '@gangway/transport-stdio'])
    expect(manifests(join(small, 'node_modules'))).toEqual(listed.map((name) => `${name}/package.json`))
  }, TIMEOUT)

  test('[case A11] npm --engine-strict installs all packages on this Node.js', async ({ skip }) => {
    if (offline) skip(offline)
    const { stdout } = await run(full, 'npm', ['ls', 'light-my-request', 'cookie', '--json', '--all'])
    expect(stdout).toContain('"light-my-request"')
    expect(await run(full, 'npm', ['config', 'get', 'engine-strict'])).toMatchObject({ stdout: 'true\n' })
  }, TIMEOUT)

  test('core imports only its own files and one optional peer, in code and types', () => {
    const directory = join(small, 'node_modules/@gangway/core/dist')
    const found = readdirSync(directory).flatMap((name) => specifiers(readFileSync(join(directory, name), 'utf8')))
    const [literal, computed] = [found.filter((specifier) => /^["']/.test(specifier)), found.filter((specifier) => !/^["']/.test(specifier))]
    expect(literal.length).toBeGreaterThan(5)
    expect(literal.filter((specifier) => !/^["']\.\/[\w-]+\.js["']$/.test(specifier))).toEqual(['"@cfworker/json-schema"']) // The optional peer, loaded when raw JSON Schema is validated.
    expect(computed).toEqual([expect.stringContaining('locate(packageName')]) // A transport by name.
  })

  test('serve `node server.js`', async () => {
    expect(await initialize(small, process.execPath, ['server.js'])).toMatchObject(INITIALIZED)
  }, TIMEOUT)

  test('a missing transport is named, with the command that installs it', async () => {
    const { code, stdout, stderr } = await run(small, process.execPath, ['http.js'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('GANGWAY_E_TRANSPORT_MISSING')
    expect(stderr).toContain('The http transport needs @gangway/transport-http, which is not installed: npm install @gangway/transport-http')
  }, TIMEOUT)
})

describe('all packages together', () => {
  beforeEach(({ skip }) => {
    if (offline) skip(offline)
  })

  test('can be imported and required', async () => {
    const entries = [...published.values()].flatMap(({ name, manifest }) => Object.keys(manifest.exports).map((path) => name + path.slice(1)))
    const modules = entries.filter((entry) => !entry.endsWith('.json'))
    const { code, stdout, stderr } = await run(full, process.execPath, ['imports.js', ...modules])
    expect(code, stderr).toBe(0)
    const found = JSON.parse(stdout) as Record<string, { imported: string[]; required: string[] }>
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['@gangway/auth', '@gangway/core', '@gangway/core/web', '@gangway/transport-http', '@gangway/transport-sse', '@gangway/transport-stdio']))
    for (const { imported, required } of Object.values(found)) {
      expect(imported.length).toBeGreaterThan(0)
      expect(required).toEqual(expect.arrayContaining(imported))
    }
  }, TIMEOUT)

  test('a stdio server loads core and the stdio transport, and no other package', async () => {
    const coverage = join(root, 'stdio')
    expect(await initialize(full, process.execPath, ['host.js'], coverage)).toMatchObject(INITIALIZED)
    expect(loaded(coverage)).toEqual(['@gangway/core', '@gangway/transport-stdio'])
  }, TIMEOUT)

  test('a client over HTTP loads core, its transport and the event parser, and no HTTP server', async () => {
    const coverage = join(root, 'client')
    const { code, stderr } = await end(start(full, process.execPath, ['imports.js', '@gangway/transport-http/client', '@gangway/transport-sse/client', '@gangway/transport-stdio/client'], { NODE_V8_COVERAGE: coverage }))
    expect(code, stderr).toBe(0)
    expect(loaded(coverage)).toEqual(['@gangway/core', '@gangway/transport-http', '@gangway/transport-sse', '@gangway/transport-stdio', 'eventsource-parser'])
  }, TIMEOUT)

  test('an HTTP server by name responds, and stops on a signal', async () => {
    const coverage = join(root, 'http')
    const child = start(full, process.execPath, ['http.js'], { NODE_V8_COVERAGE: coverage })
    const ended = end(child)
    const failed = ended.then(({ stderr }) => Promise.reject(new Error(stderr)))
    const [url] = (await Promise.race([once(createInterface(child.stdout), 'line'), failed])) as [string]
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/)
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(INITIALIZE) })
    expect(JSON.parse(/^(?:data: )?(\{.*\})$/m.exec(await response.text())?.[1] ?? 'null')).toMatchObject(INITIALIZED)
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: 0 })
    expect(loaded(coverage)).toEqual(expect.arrayContaining(['@gangway/core', '@gangway/transport-http', 'fastify'])) // So it would be seen above.
  }, TIMEOUT)

  test('a server with `bearer` accepts only callers with a token', async () => {
    expect(await run(full, process.execPath, ['auth.js', JSON.stringify(INITIALIZE)])).toMatchObject({ code: 0, stdout: '401,200\n' })
  }, TIMEOUT)

  test.each([
    ['nodenext', { module: 'nodenext' }],
    ['bundler', { module: 'preserve', moduleResolution: 'bundler' }],
  ])('types are correct in a project with module resolution %s', async (name, resolution) => {
    const project = join(full, `tsconfig.${name}.json`)
    writeFileSync(project, JSON.stringify({ compilerOptions: { ...compilerOptions, ...resolution }, files: ['consumer.ts'] }))
    const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
    const { stdout } = await run(full, process.execPath, [tsc, '--project', project, '--pretty', 'false'])
    expect(stdout.trim()).toMatch(/^consumer\.ts\(\d+,\d+\): error TS2322: Type 'string' is not assignable to type 'number'\.$/)
  }, TIMEOUT)
})

describe('`npx gangway` in an empty folder', () => {
  beforeEach(({ skip }) => {
    if (offline) skip(offline)
  })

  test('run serves a file', async () => {
    expect(await initialize(empty, 'npx', ['--no', 'gangway', 'run', 'shop.ts'])).toMatchObject(INITIALIZED)
  }, TIMEOUT)

  test('call calls it', async () => {
    expect(await npx('call', 'shop.ts', 'hello')).toMatchObject({ code: 0, stdout: 'Hello from TypeScript\n' })
  }, TIMEOUT)

  test('inspect and list describe it', async () => {
    expect(await npx('list', 'shop.ts')).toMatchObject({ code: 0, stdout: expect.stringContaining('  hello()') })
    expect(JSON.parse((await npx('inspect', 'shop.ts', '-f', 'json')).stdout)).toMatchObject({ info: { name: 'shop', version: '1.0.0' }, tools: [{ name: 'hello' }] })
  }, TIMEOUT)

  test('install checks that it starts', async () => {
    const { code, stdout, stderr } = await npx('install', 'mcp-json', 'shop.ts')
    const { mcpServers } = JSON.parse(stdout) as { mcpServers: Record<string, { command: string; args: string[] }> }
    expect(mcpServers['shop']).toEqual({ command: process.execPath, args: [join(empty, 'node_modules/@gangway/cli/dist/bin.js'), 'run', join(empty, 'shop.ts'), '--transport', 'stdio'] })
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Checked: .*1 tool, \d+ ms\)\n$/m) })
  }, TIMEOUT)

  test('version prints the version of the package', async () => {
    expect(JSON.parse((await npx('version', '--json')).stdout)).toMatchObject({ gangway: published.get('@gangway/cli')?.manifest['version'], node: process.versions.node })
  }, TIMEOUT)
})

const npx = (...args: string[]) => run(empty, 'npx', ['--no', 'gangway', ...args])

const INITIALIZE = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } } }
const INITIALIZED = { id: 1, result: { protocolVersion: '2025-06-18', serverInfo: { name: 'shop', version: '1.0.0' }, capabilities: { tools: {} } } }

const tarball = (name: string): string => published.get(name)?.tarball ?? name

/** Where it is not, `offline` says so, and the tests of it are skipped. */
const whileReachable = (installed: Promise<void>): Promise<void> =>
  installed.catch((error: unknown) => {
    if (!isUnreachable(error)) throw error
    offline = `SKIPPED: the npm registry cannot be reached (${error.code}), so nothing is known of all packages together`
    console.warn(offline)
  })

/** Shakes hands over stdio, closes stdin, and expects the server to end well. */
async function initialize(cwd: string, command: string, args: readonly string[], coverage?: string): Promise<unknown> {
  const child = start(cwd, command, args, coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage })
  const ended = end(child)
  child.stdin.end(`${JSON.stringify(INITIALIZE)}\n`)
  const { code, stdout, stderr } = await ended
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout)
}

/** The packages of which a process ran any code, from what V8 wrote as it ended. */
function loaded(coverage: string): string[] {
  const urls = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] }
    return result.map(({ url }) => url)
  })
  const names = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [])
  return [...new Set(names)].toSorted()
}

const manifests = (directory: string): string[] =>
  readdirSync(directory, { encoding: 'utf8', recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('/package.json'))
    .toSorted()

/** What a built file imports: literals in their quotes, and whatever else stands in `import(…)` or `require(…)`. The build writes double quotes; in single ones it is the text of an error. */
const specifiers = (source: string): string[] =>
  [...source.matchAll(/\b(?:from|import)\s*("[^"]+")|\b(?:import|require)\s*\(([^)]*)\)/g)].map(([, literal, argument = '']) => literal ?? argument.trim())
