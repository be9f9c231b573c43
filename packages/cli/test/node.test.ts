/** `gangway run --node`: the server in another Node, to which this one lends its streams, its signals and its exit code. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodePackage } from '../src/environment/node-binary.ts'
import { gangway, gangwayHttp, initialize, packages, post, project, welcome } from './gangway.ts'
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

const refusal = (line: string): object => ({ stdout: '', stderr: `gangway: ${line}\n`, code: 6 })

describe.skipIf(process.platform === 'win32').concurrent('the server', options, () => {
  test('runs in the Node that was asked for, with its arguments, and knows of no other', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', '90', '--', 'a', '-b'], { input: [initialize], cwd, env })).toEqual({ stdout: welcome('node 90.1.0 a,-b undefined'), stderr: '', code: 0 })
  })

  test('runs in the Node that its project asks for, once an environment is asked for', async () => {
    const cwd = project({ 'server.mjs': server.replace("'\n", "'\nimport 'color'\n"), '.nvmrc': 'v91' })
    expect(await gangway(['run', 'server.mjs', '--with', 'color'], { input: [initialize], cwd, env })).toEqual({ stdout: welcome('node 91.0.0  undefined'), stderr: '', code: 0 })
    const plain = project({ 'server.mjs': server, '.nvmrc': 'v91' })
    expect(await gangway(['run', 'server.mjs'], { input: [initialize], cwd: plain, env: { ...env, RUNS_ON: 'this' } })).toEqual({ stdout: welcome('node this  undefined'), stderr: '', code: 0 })
  })

  test('runs here if this Node will do, or if engines alone asks for another', async () => {
    const cwd = project({ 'server.mjs': server, 'package.json': '{"engines":{"node":">=90"}}' })
    const here = { input: [initialize], cwd, env: { ...env, RUNS_ON: 'this' } }
    expect(await gangway(['run', 'server.mjs', '--node', '>=20'], here)).toEqual({ stdout: welcome('node this  undefined'), stderr: '', code: 0 })
    expect(await gangway(['run', 'server.mjs', '--project', '.'], here)).toEqual({
      stdout: welcome('node this  undefined'),
      stderr: `gangway: This is Node ${process.versions.node}, and engines in ${join(cwd, 'package.json')} asks for >=90: say --node '>=90' to have it\n`,
      code: 0,
    })
  })

  test('gets the signals, and its exit code is the one of the command', async () => {
    const cwd = project({ 'server.mjs': server, 'fails.mjs': 'process.exitCode = 1\nprocess.exit(7)\n' })
    const { code } = await gangwayHttp(['server.mjs', '-t', 'http', '--node', '90'], async (url) => expect((await post(url, initialize)).status).toBe(200), { cwd, env })
    expect(code).toBe(0)
    expect((await gangway(['run', 'fails.mjs', '--node', '90'], { cwd, env })).code).toBe(7)
  })

  test('ends when the command is killed', async () => {
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

describe.concurrent('a Node that cannot be had', options, () => {
  test('does not exist', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', '92'], { cwd, env })).toEqual(refusal('GANGWAY_E_NODE: There is no Node 92 in the registry (--node): choose another version'))
  })

  test('is no version', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', 'latest-ish'], { cwd, env })).toEqual(refusal("GANGWAY_E_NODE_VERSION: --node asks for Node 'latest-ish', which is no version: write a number such as 24 or 24.4.0, or a range"))
  })

  test('is not here, and the network is not to be used', async () => {
    const cwd = project({ 'server.mjs': server })
    expect(await gangway(['run', 'server.mjs', '--node', '90', '--no-install'], { cwd, env: { ...env, XDG_CACHE_HOME: join(temporary, 'empty') } })).toEqual(refusal('GANGWAY_E_NOT_INSTALLED: Node 90 would have to be installed: run it once without --no-install'))
  })
})
