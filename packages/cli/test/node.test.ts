/** `gangway run --node`: the server in another Node, to which this one lends its streams, its signals and its exit code. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodePackage } from '../src/environment/node-binary.ts'
import { errorLine, gangway, gangwayHttp, initialize, packages, post, project, welcome } from './gangway.ts'
import { startRegistry, type PublishedPackage, type Registry } from './registry.ts'

const options = { timeout: 60_000 }

/** What the registry has as Node 90 and 91: the one that runs, under another name. */
const node = (version: string): PublishedPackage => ({
  name: nodePackage(),
  version,
  manifest: { bin: { node: 'bin/node' } },
  files: { 'bin/node': `#!/bin/sh\nRUNS_ON=${version} exec ${process.execPath} "$@"\n` },
})
const color: PublishedPackage = { name: 'color', version: '1.0.0', manifest: { type: 'module', exports: './index.js' }, files: { 'index.js': "export const color = 'red'\n" } }

const temporary = mkdtempSync(join(tmpdir(), 'gangway-node-'))
let registry: Registry
let env: Record<string, string>
beforeAll(async () => {
  registry = await startRegistry([node('90.1.0'), node('91.0.0'), color])
  env = { XDG_CACHE_HOME: temporary, npm_config_cache: join(temporary, 'npm'), npm_config_registry: registry.url }
})
afterAll(async () => {
  await registry.close()
  rmSync(temporary, { recursive: true })
})

const core = "import { McpServer } from '@gangway/core'\n"
const server = `${core}export default new McpServer({ name: \`node \${process.env.RUNS_ON} \${process.argv.slice(2)} \${process.env.GANGWAY_STARTED_BY}\`, version: '1.0.0' })\n`

const refusal = (line: string): object => ({ stdout: '', stderr: errorLine(line), code: 6 })

describe.skipIf(process.platform === 'win32').concurrent('the server', options, () => {
  test('runs in the requested Node.js, with its arguments, and without other changes', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', '90', '--', 'a', '-b'], { input: [initialize], cwd, env })).toEqual({ stdout: welcome('node 90.1.0 a,-b undefined'), stderr: '', code: 0 })
  })

  test("runs in the project's Node.js if an environment option is given", async () => {
    const cwd = project({ 'server.mjs': server.replace("'\n", "'\nimport 'color'\n"), '.nvmrc': 'v91' })
    expect(await gangway(['run', 'server.mjs', '--with', 'color'], { input: [initialize], cwd, env })).toEqual({ stdout: welcome('node 91.0.0  undefined'), stderr: '', code: 0 })
    const plain = project({ 'server.mjs': server, '.nvmrc': 'v91' })
    expect(await gangway(['run', 'server.mjs'], { input: [initialize], cwd: plain, env: { ...env, RUNS_ON: 'this' } })).toEqual({ stdout: welcome('node this  undefined'), stderr: '', code: 0 })
  })

  test('runs here if this Node.js satisfies the request, or if only engines requests another', async () => {
    const cwd = project({ 'server.mjs': server, 'package.json': '{"engines":{"node":">=90"}}' })
    const here = { input: [initialize], cwd, env: { ...env, RUNS_ON: 'this' } }
    expect(await gangway(['run', 'server.mjs', '--node', '>=20'], here)).toEqual({ stdout: welcome('node this  undefined'), stderr: '', code: 0 })
    expect(await gangway(['run', 'server.mjs', '--project', '.'], here)).toEqual({
      stdout: welcome('node this  undefined'),
      stderr: expect.stringMatching(/^gangway: engines in .*package\.json .*--node '>=90'[^\n]*\n$/) as string,
      code: 0,
    })
  })

  test('gets the signals, and the command exits with its exit code', async () => {
    const cwd = project({ 'server.mjs': server, 'fails.mjs': 'process.exitCode = 1\nprocess.exit(7)\n' })
    const { code } = await gangwayHttp(['server.mjs', '-t', 'http', '--node', '90'], async (url) => expect((await post(url, initialize)).status).toBe(200), { cwd, env })
    expect(code).toBe(0)
    expect((await gangway(['run', 'fails.mjs', '--node', '90'], { cwd, env })).code).toBe(7)
  })

  test('exits when the command is killed', async () => {
    const cwd = project({ 'server.mjs': `${server}console.error('pid', process.pid)\n` })
    const child = spawn(process.execPath, [join(packages, 'cli/dist/bin.js'), 'run', 'server.mjs', '--node', '90', '-t', 'http', '-p', '0'], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    const serving = new Promise<void>((resolve) => child.stderr.setEncoding('utf8').on('data', (more: string) => (text += more).includes('http://') && resolve()))
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve())) // Of its stderr, which the server has, too.
    await serving
    child.kill('SIGKILL')
    await closed
    const pid = Number(/pid (\d+)/.exec(text)?.[1])
    expect(pid).not.toBe(child.pid)
    await expect(fetch(/http:[^"]*/.exec(text)?.[0] ?? '')).rejects.toThrow()
  })
})

describe.concurrent('an unavailable Node.js', options, () => {
  test('does not exist', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', '92'], { cwd, env })).toEqual(refusal('GANGWAY_E_NODE: Node.js 92 … (--node)'))
  })

  test('is not a version', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', 'latest-ish'], { cwd, env })).toEqual(refusal('GANGWAY_E_NODE_VERSION: --node … latest-ish … 24 … 24.4.0'))
  })

  test('is not in the cache, with --no-install', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', '90', '--no-install'], { cwd, env: { ...env, XDG_CACHE_HOME: join(temporary, 'empty') } })).toEqual(refusal('GANGWAY_E_NOT_INSTALLED: 90 … --no-install'))
  })
})
