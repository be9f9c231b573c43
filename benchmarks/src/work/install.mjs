/** Size of an npm install, and the time of an import. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../../../scripts/packed.mjs'
import { matches, peerVersions } from '../contenders/index.mjs'
import { pinned } from '../cores.mjs'
import { decimal, median, whole } from '../report/numbers.mjs'

/**
 * @typedef {{ name: string, packages: string[], imports: string[], program?: string[] }} Project `program` is run instead of an import
 * @typedef {{ name: string, count: number, bytes: number, wall: number[], cpu: number[] }} Installed times in milliseconds, including the start of Node.js
 */

/** @type {Project[]} */
const OURS = [
  { name: 'core', packages: [], imports: ['@gangway/core'] },
  { name: 'core + transport-stdio', packages: ['transport-stdio'], imports: ['@gangway/core', '@gangway/transport-stdio'] },
  { name: 'core + transport-http', packages: ['http-server', 'transport-http'], imports: ['@gangway/core', '@gangway/transport-http'] },
  { name: 'core + transport-sse', packages: ['http-server', 'transport-sse'], imports: ['@gangway/core', '@gangway/transport-sse'] },
  { name: 'core + auth', packages: ['auth', 'http-server', 'transport-http'], imports: ['@gangway/core', '@gangway/auth'] },
  { name: 'cli, with all packages', packages: ['transport-stdio', 'http-server', 'transport-http', 'transport-sse', 'auth', 'cli'], imports: [], program: ['node_modules/@gangway/cli/dist/bin.js', '--version'] },
]
/** @type {Project[]} */
const OTHERS = [
  { name: 'Fastify', packages: ['fastify'], imports: ['fastify'] },
  { name: 'zod', packages: ['zod'], imports: ['zod'] },
  { name: 'mcp-lite', packages: ['mcp-lite'], imports: ['mcp-lite'] },
  { name: 'tmcp, HTTP and stdio', packages: ['tmcp', '@tmcp/transport-http', '@tmcp/transport-stdio'], imports: ['tmcp', '@tmcp/transport-http', '@tmcp/transport-stdio'] },
  { name: 'SDK 1.x', packages: ['@modelcontextprotocol/sdk'], imports: ['@modelcontextprotocol/sdk/server/mcp.js', '@modelcontextprotocol/sdk/server/stdio.js'] },
  { name: 'SDK 2.x', packages: ['@modelcontextprotocol/server'], imports: ['@modelcontextprotocol/server', '@modelcontextprotocol/server/stdio'] },
  { name: 'fastmcp', packages: ['fastmcp'], imports: ['fastmcp'] },
]
const BARE = { name: 'Node.js alone', packages: [], imports: [] }

/** @type {import('./index.mjs').Work} */
export async function install({ only, pace }) {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-bench-'))
  const isChosen = ({ name = '' }) => only.length === 0 || only.some((part) => matches(name, part))
  try {
    const tarballs = new Map(pack(directory).map(({ name, tarball }) => [name.replace('@gangway/', ''), tarball]))
    const versions = peerVersions()
    const ours = OURS.map((project) => ({ ...project, specs: ['core', ...project.packages].map((name) => tarballs.get(name) ?? '') }))
    const others = OTHERS.filter(isChosen).map((project) => ({ ...project, specs: project.packages.map((name) => `${name}@${versions[name]}`) }))
    const projects = [{ ...BARE, specs: [] }, ...ours, ...others].map((project, index) => ({ ...project, folder: join(directory, String(index)) }))
    const results = projects.map(({ name, specs, folder }) => {
      pace.say(`installing ${name}`)
      return { name, ...installed(folder, specs), wall: /** @type {number[]} */ ([]), cpu: /** @type {number[]} */ ([]) }
    })
    for (let round = 0; round <= 3 * pace.rounds; round++) {
      pace.say(`importing, ${round} of ${3 * pace.rounds}`)
      for (const [index, project] of projects.entries()) {
        const { wall, cpu } = await imported(project)
        if (round === 0) continue // The first run reads the files from the disk.
        results[index]?.wall.push(wall)
        results[index]?.cpu.push(cpu)
      }
    }
    pace.say('')
    return { results, tables: [table(results)] }
  } finally {
    rmSync(directory, { recursive: true, maxRetries: 3 })
  }
}

/**
 * @param {string} folder
 * @param {string[]} specs
 */
function installed(folder, specs) {
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  if (specs.length === 0) return { count: 0, bytes: 0 }
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...specs], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
  if (status !== 0) throw new Error(stderr)
  const paths = spawnSync('npm', ['ls', '--all', '--parseable'], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' }).stdout.trim().split('\n')
  const files = readdirSync(join(folder, 'node_modules'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return { count: new Set(paths).size - 1, bytes: files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) }
}

/**
 * Runs a process that imports the packages and prints its CPU time.
 * @param {Project & { folder: string }} project
 */
async function imported({ folder, imports, program }) {
  const code = `${imports.map((name) => `await import('${name}');`).join('')}const { user, system } = process.cpuUsage(); console.log(user + system); process.exit()`
  const [file, ...args] = pinned([process.execPath, ...(program ?? ['--input-type=module', '-e', code])])
  const begin = performance.now()
  const child = spawn(file, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env.PATH, HOME: process.env.HOME } })
  let text = ''
  child.stdout.on('data', (piece) => (text += piece))
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`Importing ${imports} failed with exit code ${status}`)
  return { wall: performance.now() - begin, cpu: program ? Number.NaN : Number(text) / 1000 }
}

/** @param {Installed[]} results */
function table(results) {
  const [bare] = results
  return {
    title: 'Install and import',
    note: 'Packages that npm installs into an empty folder, their total size, and the time of a process that imports them and exits. For the command: the time of `gangway --version`.',
    columns: ['', 'packages', 'MB', 'ms', 'more than Node.js alone', 'CPU, more than Node.js alone'],
    rows: results.map(({ name, count, bytes, wall, cpu }) => [name, whole(count), decimal(bytes / 1e6), decimal(median(wall)), decimal(median(wall) - median(bare?.wall ?? [])), decimal(median(cpu) - median(bare?.cpu ?? []))]),
  }
}
