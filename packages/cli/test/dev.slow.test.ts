/** `gangway dev`: what the Inspector is told, what it starts, and how all of it ends. */
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'
import { INSPECTOR_VERSION } from '../src/dev/install-inspector.ts'
import { nodePackage } from '../src/environment/node-binary.ts'
import { fakeInspector, gangwayDev, type Dev } from './dev-process.ts'
import { errorLine, errorPattern, bin, gangway, post, initialize, project, start, ended } from './gangway.ts'
import { startRegistry, type Registry } from './registry.ts'

const options = { timeout: 60_000 }
const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-dev-test-'))
const cache = { XDG_CACHE_HOME: join(temporary, 'cache'), npm_config_cache: join(temporary, 'npm') }
const anyPort = ['--ui-port', '0', '--sandbox-port', '0']
let registry: Registry
let env: Record<string, string>

/** Tells what it sees of the world. */
const SERVER = `import { writeFileSync } from 'node:fs'
import { McpServer } from '@gangway/core'
export default new McpServer({ name: 'eyes', version: '1.0.0' }).tool('see', {}, () => JSON.stringify({ edition: 1, args: process.argv.slice(2), env: process.env, title: process.title, cwd: process.cwd(), pid: process.pid })).onClose(() => writeFileSync('closed', ''))
`
const shop = (): string => project({ 'shop.mjs': SERVER, 'of.env': 'FROM_FILE=file\n' }, ['core', 'transport-stdio', 'transport-http', 'transport-sse'])

beforeAll(async () => {
  const node = { name: nodePackage(), version: '24.99.0', manifest: { bin: { node: 'node' } }, files: { node: `#!/bin/sh\nexec -a other-node ${process.execPath} "$@"\n` } }
  registry = await startRegistry([fakeInspector('1.0.3'), fakeInspector('2.90.0', '>=24.90'), fakeInspector('2.91.0', '>=99'), fakeInspector(INSPECTOR_VERSION), { ...node, files: { node: node.files.node.replace('/bin/sh', '/bin/bash') } }])
  env = { ...cache, npm_config_registry: registry.url, HOME: temporary }
  const { code } = await gangwayDev(['shop.mjs', ...anyPort], async () => {}, { cwd: shop(), env })
  expect(code).toBe(0)
}, options.timeout)
afterAll(async () => {
  await registry.close()
  rmSync(temporary, { recursive: true })
})

interface Seen {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly node: string
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>>
  readonly pid: number
  readonly file: string
}
interface World {
  readonly edition: number
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly title: string
  readonly cwd: string
  readonly pid: number
}

const ask = async <T>({ page }: Dev, path: string): Promise<T> => (await fetch(new URL(path, page))).json() as Promise<T>

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** For what ends a moment after its parent. */
async function gone(...pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await sleep(20)
}

/** Asks until the answer will do. */
async function until<T>(asked: () => Promise<T>, enough: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await asked()
    if (enough(answer)) return answer
    await sleep(20)
  }
}

async function occupy(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.once('error', () => resolve()).listen(port, '127.0.0.1', resolve)) // Whoever else may have it.
  return server
}

describe.concurrent('on stdio', options, () => {
  test('tells the Inspector how to start the server, which gets the variables of the shell', async () => {
    const cwd = shop()
    let seen: Seen | undefined
    let world: World | undefined
    const args = ['shop.mjs', ...anyPort, '--env', 'TYPED=typed', '--env-file', 'of.env', '-l', 'warn', '--no-banner', '--', 'one', '--two']
    const { code, stdout, stderr } = await gangwayDev(args, async (dev) => {
      seen = await ask<Seen>(dev, '/seen')
      world = await ask<World>(dev, '/server')
      expect(dev.page.searchParams.get('MCP_INSPECTOR_API_TOKEN')).toMatch(/^[\da-f]{32}$/)
      expect(dev.page.searchParams.get('MCP_INSPECTOR_API_TOKEN')).toBe(seen.env['MCP_INSPECTOR_API_TOKEN'])
    }, { cwd, env: { ...env, SECRET: 'two\nlines', HOST: '0.0.0.0', ALLOWED_ORIGINS: 'https://example.com' } })
    expect({ code, stdout, stderr: stderr.replace(/\S+$/m, '') }).toEqual({ code: 0, stdout: '', stderr: expect.stringMatching(/^MCP Inspector: \n$/) as string })
    expect(seen?.argv).toEqual(['--web', '--catalog', seen?.file])
    expect(seen?.env).toMatchObject({ HOST: '127.0.0.1', MCP_AUTO_OPEN_ENABLED: 'false' })
    expect(seen?.env).not.toHaveProperty('ALLOWED_ORIGINS')
    expect(seen).toMatchObject({ name: 'shop', entry: { type: 'stdio', command: process.execPath, cwd } })
    expect(seen?.entry['args']).toEqual([bin, 'run', 'shop.mjs', '--transport=stdio', expect.stringMatching(/^--inherit=/), '--env-file=of.env', '--log-level=warn', '--no-banner', '--reload', '--', 'one', '--two'])
    expect(world).toMatchObject({ args: ['one', '--two'], cwd, env: { SECRET: 'two\nlines', HOST: '0.0.0.0', TYPED: 'typed', FROM_FILE: 'file' } })
    expect(existsSync(seen?.file ?? '')).toBe(false)
    expect([seen?.pid ?? 0, world?.pid ?? 0].map(isRunning)).toEqual([false, false])
    expect(existsSync(join(cwd, 'closed'))).toBe(true)
  })

  test('passes Node.js options to the server, and not to the Inspector', async () => {
    await gangwayDev(['shop.mjs', ...anyPort], async (dev) => {
      expect((await ask<Seen>(dev, '/seen')).env).not.toHaveProperty('NODE_OPTIONS')
      expect(await ask<World>(dev, '/server')).toMatchObject({ title: 'eyes-of-mine' })
    }, { cwd: shop(), env: { ...env, NODE_OPTIONS: '--title=eyes-of-mine' } })
  })

  test('serves an edit to connected clients', async () => {
    const cwd = shop()
    await gangwayDev(['shop.mjs', ...anyPort], async (dev) => {
      const { edition, pid } = await ask<World>(dev, '/server')
      writeFileSync(join(cwd, 'shop.mjs'), SERVER.replace('edition: 1', 'edition: 2'))
      const again = await until(() => ask<World>(dev, '/server'), (world) => world.edition === 2)
      expect([edition, again.pid]).toEqual([1, pid])
    }, { cwd, env })
  })

  test('--no-reload keeps the server', async () => {
    await gangwayDev(['shop.mjs', ...anyPort, '--no-reload'], async (dev) => {
      const { entry } = await ask<Seen>(dev, '/seen')
      expect(entry['args']).toEqual([bin, 'run', 'shop.mjs', '--transport=stdio', expect.stringMatching(/^--inherit=/)])
    }, { cwd: shop(), env })
  })

  test('a config file names the server', async () => {
    const cwd = project({ 'shop.mjs': SERVER, 'gangway.json': '{ "server": "./shop.mjs", "args": ["from", "config"], "env": { "IN_CONFIG": "yes" } }' })
    await gangwayDev(anyPort, async (dev) => {
      expect(await ask<World>(dev, '/server')).toMatchObject({ args: ['from', 'config'], env: { IN_CONFIG: 'yes' } })
    }, { cwd, env })
  })

  test('serves remote servers without reload', async () => {
    const cwd = project({ 'shop.mjs': SERVER, 'mcp.json': JSON.stringify({ mcpServers: { eyes: { command: process.execPath, args: [bin, 'run', 'shop.mjs'], env: { IN_FILE: 'yes' } } } }) })
    await gangwayDev(['mcp.json', ...anyPort, '--no-open'], async (dev) => {
      expect((await ask<Seen>(dev, '/seen')).entry['args']).toEqual([bin, 'run', 'mcp.json', '--transport=stdio', expect.stringMatching(/^--inherit=/)])
      expect(await ask<World>(dev, '/server')).toMatchObject({ env: { IN_FILE: 'yes' } })
    }, { cwd, env })
  })

  test('shows a URL under its host', async () => {
    await gangwayDev(['http://127.0.0.1:9/mcp', ...anyPort], async (dev) => {
      expect(await ask<Seen>(dev, '/seen')).toMatchObject({ name: '127-0-0-1' })
    }, { cwd: project({ 'package.json': '{"name":"around"}' }), env })
  })

  test('shows output of the Inspector with -l debug only', async () => {
    const { stderr } = await gangwayDev(['shop.mjs', ...anyPort, '-l', 'debug'], async () => {}, { cwd: shop(), env })
    expect(stderr).toMatch(/^inspector: Starting the fake\ninspector: Up at http/)
  })

  test('stops when the Inspector exits', async () => {
    let world: World | undefined
    const { code, stderr } = await gangwayDev(['shop.mjs', ...anyPort], async (dev) => {
      world = await ask<World>(dev, '/server')
      await ask(dev, '/die').catch(() => {})
      await dev.end
    }, { cwd: shop(), env })
    expect(stderr).toMatch(/^gangway: The MCP Inspector .*\(exit code 5: Error: It was too much\)$/m)
    expect(code).toBe(5)
    expect(isRunning(world?.pid ?? 0)).toBe(false)
  })

  test('reports an Inspector that does not start', async () => {
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...anyPort], { cwd: shop(), env: { ...env, FAKE: 'dies' } })
    expect(stderr).toEqual(errorLine('GANGWAY_E_INSPECTOR: Error: No luck today … --inspector-version … --debug … -t … --no-inspector'))
    expect(code).toBe(6)
  })

  test('a second signal does not wait for a hanging Inspector', async () => {
    let seen: Seen | undefined
    const { code } = await gangwayDev(['shop.mjs', ...anyPort], async (dev) => {
      seen = await ask<Seen>(dev, '/seen')
      dev.child.kill('SIGTERM')
      await sleep(600) // Sooner, it counts as the first.
    }, { cwd: shop(), env: { ...env, FAKE: 'stubborn' } })
    expect(code).toBe(143)
    await gone(seen?.pid ?? 0)
  })

  test('leaves no process when dev is killed', async () => {
    await gangwayDev(['shop.mjs', ...anyPort], async (dev) => {
      const { pid, file } = await ask<Seen>(dev, '/seen')
      const world = await ask<World>(dev, '/server')
      dev.child.kill('SIGKILL')
      await gone(pid, world.pid)
      expect(existsSync(file)).toBe(false)
    }, { cwd: shop(), env })
  })
})

describe.concurrent('on HTTP', options, () => {
  test.each([
    ['http', 'streamable-http', '/mcp'],
    ['sse', 'sse', '/sse'],
  ])('%s: dev serves the server, and the page connects to it', async (transport, type, path) => {
    let seen: Seen | undefined
    const { code } = await gangwayDev(['shop.mjs', '-t', transport, '-p', '0', ...anyPort], async (dev) => {
      seen = await ask<Seen>(dev, '/seen')
      const { url } = seen.entry as { url: string }
      expect(seen).toMatchObject({ name: 'deep-link', entry: { type, url: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path}$`)) as string } })
      expect(Object.fromEntries(dev.page.searchParams)).toEqual({ transport, serverUrl: url, autoConnect: seen.env['MCP_INSPECTOR_API_TOKEN'] })
      if (transport === 'http') expect(await (await post(new URL(url), initialize)).text()).toContain('"name":"eyes"')
    }, { cwd: shop(), env })
    expect(code).toBe(0)
    await gone(seen?.pid ?? 0)
    expect(existsSync(seen?.file ?? '')).toBe(false)
  })

  test('serves an edit to connected clients', async () => {
    const cwd = shop()
    await gangwayDev(['shop.mjs', '-t', 'http', '-p', '0', ...anyPort], async ({ page }) => {
      await using client = await connect(httpClient(page.searchParams.get('serverUrl') ?? ''))
      const see = async (): Promise<string> => JSON.stringify(await client.callTool('see', {}))
      expect(await see()).toContain(String.raw`\"edition\":1`)
      writeFileSync(join(cwd, 'shop.mjs'), SERVER.replace('edition: 1', 'edition: 2'))
      await until(see, (text) => text.includes(String.raw`\"edition\":2`))
    }, { cwd, env })
  })

  test('the transport can come from any source that run has', async () => {
    await gangwayDev(['shop.mjs', '-p', '0', ...anyPort], async (dev) => expect(dev.page.searchParams.get('transport')).toBe('http'), { cwd: shop(), env: { ...env, GANGWAY_TRANSPORT: 'http' } })
  })

  test('reports that the Inspector exited, and keeps serving', async () => {
    await gangwayDev(['shop.mjs', '-t', 'http', '-p', '0', ...anyPort], async (dev) => {
      await ask(dev, '/die').catch(() => {})
      while (!dev.said().includes('gangway: The MCP Inspector stopped (exit code 5: Error: It was too much).')) await sleep(20)
      expect((await post(new URL(dev.page.searchParams.get('serverUrl') ?? ''), initialize)).status).toBe(200)
    }, { cwd: shop(), env })
  })

  test('leaves no process when dev is killed', async () => {
    await gangwayDev(['shop.mjs', '-t', 'http', '-p', '0', ...anyPort], async (dev) => {
      const { pid, file } = await ask<Seen>(dev, '/seen')
      dev.child.kill('SIGKILL')
      await gone(pid)
      expect(existsSync(file)).toBe(false)
    }, { cwd: shop(), env })
  })
})

/** Serves without an Inspector until it has said so. */
async function servesOn(args: readonly string[], line: string, own: Record<string, string> = env): Promise<void> {
  const child = start(['dev', 'shop.mjs', '-t', 'http', '-p', '0', ...anyPort, ...args], { cwd: shop(), env: own })
  const end = ended(child)
  let text = ''
  await new Promise<void>((resolve) => child.stderr.on('data', (more: string) => errorPattern(line).test((text += more)) && resolve()).on('end', resolve))
  expect(text).toMatch(errorPattern(line))
  const [url = ''] = /http:\/\/[^"\s]+/.exec(text) ?? []
  expect((await post(new URL(url), initialize)).status).toBe(200)
  child.kill('SIGTERM')
  expect((await end).code).toBe(0)
}

describe.concurrent('an unavailable Inspector', options, () => {
  const text = `@modelcontextprotocol/inspector@${INSPECTOR_VERSION}`

  test('without a network', async () => {
    const none = await startRegistry([])
    await none.close()
    const own = { ...env, XDG_CACHE_HOME: join(temporary, 'none'), npm_config_registry: none.url }
    const line = `GANGWAY_E_REGISTRY: ECONNREFUSED … ${text}`
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...anyPort], { cwd: shop(), env: own })
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringMatching(errorPattern(`${line} … -t http --no-inspector`)) as string })
    await servesOn([], line, own)
  })

  test('with --no-install', async () => {
    const own = { ...env, XDG_CACHE_HOME: join(temporary, 'none') }
    const line = `GANGWAY_E_NOT_INSTALLED: ${text} … --no-install`
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...anyPort, '--no-install'], { cwd: shop(), env: own })
    expect({ code, stderr }).toEqual({ code: 6, stderr: errorLine(`${line} … -t http --no-inspector`) })
    await servesOn(['--no-install'], line, own)
  })

  test('in a version that does not exist', async () => {
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...anyPort, '--inspector-version', '2.0.99'], { cwd: shop(), env })
    expect({ code, stderr }).toEqual({ code: 6, stderr: expect.stringMatching(errorPattern('GANGWAY_E_PACKAGE_VERSION: npm view @modelcontextprotocol/inspector versions … @modelcontextprotocol/inspector@2.0.99')) as string })
  })

  test.each([['1.0.3'], ['1.0.3', '-t', 'http']])('in a version that is too old: %s', async (...version) => {
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...anyPort, '--inspector-version', ...version], { cwd: shop(), env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: errorLine('GANGWAY_E_USAGE: --inspector-version … 1.0.3 … 2.0.0') })
  })

  test('without a Node.js version that it supports', async () => {
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...anyPort, '--inspector-version', '2.91.0'], { cwd: shop(), env })
    expect(stderr).toContain(`it needs >=99, but this is ${process.versions.node}\n`)
    expect(stderr).toMatch(errorPattern('GANGWAY_E_NODE: >=99 … 2.91.0'))
    expect(code).toBe(6)
  })
})

test('an Inspector that needs a newer Node.js gets it, and the server keeps this one', options, async () => {
  await gangwayDev(['shop.mjs', ...anyPort, '--inspector-version', '2.90.0'], async (dev) => {
    expect(await ask<Seen>(dev, '/seen')).toMatchObject({ node: 'other-node', entry: { command: process.execPath } })
  }, { cwd: shop(), env })
})

describe('ports', options, () => {
  test('that are in use: uses the next ones, and prints them', async () => {
    const taken = await Promise.all([occupy(6274), occupy(6275)])
    const { stderr } = await gangwayDev(['shop.mjs'], async ({ page }) => expect(Number(page.port)).toBeGreaterThan(6275), { cwd: shop(), env })
    expect(stderr).toMatch(/^gangway: Port 6274 .*\d+\ngangway: Port 6275 .*\d+\nMCP Inspector: /)
    for (const server of taken) server.close()
  })

  test.each(['--ui-port', '--sandbox-port'])('that %s names and that is in use: an error', async (flag) => {
    const taken = await occupy(0)
    const { port } = taken.address() as AddressInfo
    const { code, stderr } = await gangway(['dev', 'shop.mjs', '-t', 'http', '-p', '0', flag, String(port)], { cwd: shop(), env })
    expect({ code, stderr }).toEqual({ code: 3, stderr: errorLine(`GANGWAY_E_PORT_IN_USE: ${port} … ${flag}`) })
    taken.close()
  })
})

describe.concurrent('invalid options', options, () => {
  test.each([['--port', '80'], ['--host', '0.0.0.0'], ['--stateless']])('%s on stdio', async (...flag) => {
    const { code, stderr } = await gangway(['dev', 'shop.mjs', ...flag], { cwd: shop(), env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: errorLine(`GANGWAY_E_USAGE: ${flag[0]}`) })
  })

  test.each([
    ['--reload-dir … --no-reload', 'shop.mjs', '--reload-dir', '.', '--no-reload'],
    ['--env … http://127.0.0.1:1/mcp', 'http://127.0.0.1:1/mcp', '--env', 'A=b'],
    ['-m shop … shop.mjs', 'shop.mjs', '-m', 'shop'],
    ['gangway dev … expected 1, got 2 … after --', 'shop.mjs', 'more'],
  ])('%s', async (line, ...args) => {
    const { code, stderr } = await gangway(['dev', ...args], { cwd: shop(), env })
    expect({ code, stderr }).toEqual({ code: 2, stderr: errorLine(`GANGWAY_E_USAGE: ${line}`) })
  })

  test('a missing file', async () => {
    const { code, stderr } = await gangway(['dev', 'shop.mjz'], { cwd: shop(), env })
    expect({ code, stderr }).toEqual({ code: 4, stderr: errorLine('GANGWAY_E_FILE_NOT_FOUND: shop.mjz … shop.mjs?') })
  })

  test('a file that cannot be loaded over HTTP: no Inspector is downloaded', async () => {
    const cwd = project({ 'broken.mjs': 'export default {' })
    const { code, stderr } = await gangway(['dev', 'broken.mjs', '-t', 'http', ...anyPort], { cwd, env: { ...env, XDG_CACHE_HOME: join(temporary, 'none') } })
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringMatching(/^gangway: GANGWAY_E_LOAD/) as string })
  })
})

test('--no-inspector runs the server only', options, async () => {
  const ended = await gangway(['dev', 'shop.mjs', '--no-inspector'], { input: [initialize], cwd: shop(), env: { ...env, XDG_CACHE_HOME: join(temporary, 'none') } })
  expect(ended).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('"name":"eyes"') as string })
})
