/** `isMain(import.meta)` under the programs that start other programs, and what an unsupported Node.js is told. */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { run } from '../projects.ts'
import { missing, pathOf, type Runtime } from './runtimes.ts'
import { skipFor } from './skipping.ts'

const packed = inject('packed')
const directory = 'skipped' in packed ? '' : join(packed.directory, 'runners')
const runner = (path: string): string => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url))
const installed = existsSync(runner('pm2'))
skipFor('skipped' in packed ? packed.skipped : installed ? undefined : 'SKIPPED: pm2, jiti and vite-node are not installed')

/** Prints what `isMain` says in the program and in a module that it imports, or the code of the error that it throws, and ends. */
const probe = (guard: string): string => `
import { isMain } from '@gangway/core'
import './imported.mjs'
const attempt = () => { try { return isMain(${guard}) } catch (error) { return error.code + ' ' + error.message } }
console.log('program:', attempt())
setTimeout(() => process.exit(), 300)
`
const IMPORTED = "import { isMain } from '@gangway/core'\nlet said; try { said = isMain(import.meta) } catch (error) { said = error.code }\nconsole.log('imported:', said)\n"
const home = mkdtempSync(join(realpathSync(tmpdir()), 'gangway-pm2-'))
afterAll(() => rmSync(home, { recursive: true, maxRetries: 3 }))

beforeAll(() => {
  if (!directory) return
  cpSync(fileURLToPath(new URL('programs', import.meta.url)), directory, { recursive: true })
  writeFileSync(join(directory, 'imported.mjs'), IMPORTED)
  for (const name of ['program.mjs', 'program.ts']) writeFileSync(join(directory, name), probe('import.meta'))
  writeFileSync(join(directory, 'url.ts'), probe('{ url: import.meta.url }'))
  symlinkSync('program.mjs', join(directory, 'link.mjs'))
})

const node = (args: readonly string[], runtime?: Runtime) => run(directory, runtime ? pathOf(runtime) : execPath, args)

describe.each([undefined, 'node24', 'node26'] as const)('[case 29] on %s', (runtime) => {
  skipFor(runtime && missing(runtime))

  test.each([
    ['node', ['program.mjs']],
    ['node, by a link', ['link.mjs']],
    ['node --preserve-symlinks-main, by a link', ['--preserve-symlinks', '--preserve-symlinks-main', 'link.mjs']],
    ['jiti', [runner('jiti/lib/jiti-cli.mjs'), 'program.mjs']],
    ['jiti, a TypeScript file', [runner('jiti/lib/jiti-cli.mjs'), 'url.ts']],
    ['vite-node --script', [runner('vite-node/dist/cli.mjs'), '--script', 'program.ts']],
  ])('%s: isMain() is true for the program, and false for its imports', async (_name, args) => {
    const { stdout, stderr } = await node(args, runtime)
    expect(stdout, stderr).toMatch(/imported: (?:false|GANGWAY_E_MAIN)\nprogram: true\n/)
  })

  test.each([
    ['fork', []],
    ['cluster', ['-i', '1']],
  ])('pm2-runtime in %s mode', async (_name, options) => {
    const child = spawn(runtime ? pathOf(runtime) : execPath, [runner('pm2/bin/pm2-runtime'), 'start', 'program.mjs', '--no-autorestart', '--interpreter', runtime ? pathOf(runtime) : execPath, ...options], { cwd: directory, env: { PATH: process.env['PATH'], PM2_HOME: home } })
    let output = ''
    await new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text).includes('program: ') && resolve())
      child.once('exit', () => resolve())
    })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
    expect(output).toMatch(/imported: false\n[^]*program: true\n/)
  })
})

describe('[case 56] where isMain() cannot tell', () => {
  test('jiti: a data: URL', async () => {
    const { stdout } = await node([runner('jiti/lib/jiti-cli.mjs'), 'program.ts'])
    expect(stdout).toMatch(/program: GANGWAY_E_MAIN .*isMain\(\{ url: import\.meta\.url \}\)/)
  })

  test('vite-node without --script', async () => {
    const { stdout } = await node([runner('vite-node/dist/cli.mjs'), 'program.ts'])
    expect(stdout).toMatch(/program: GANGWAY_E_MAIN .*--script/)
  })
})

describe.each(['node16', 'node18'] as const)('[case 40] %s', (runtime) => {
  skipFor(missing(runtime))

  test('a server prints the required version in one line', async () => {
    const { code, stdout, stderr } = await node(['server.js'], runtime)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^gangway: GANGWAY_E_NODE_VERSION: [^\n]*Node\.js 1[68]\.\d+\.\d+[^\n]*20\.19[^\n]*\n$/)
  })

  test('serve() rejects instead', async () => {
    writeFileSync(join(directory, 'host.mjs'), "import { McpServer } from '@gangway/core'\nawait new McpServer({ name: 'a', version: '1' }).serve().catch((error) => console.log(error.code))\n")
    expect(await node(['host.mjs'], runtime)).toMatchObject({ code: 0, stdout: 'GANGWAY_E_NODE_VERSION\n' })
  })
})
