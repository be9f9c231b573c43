/** `gangway cache`: where it is, how large, and gone. */
import { existsSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorLine, gangway, initialize, project, welcome } from './gangway.ts'

const options = { timeout: 60_000 }
const server = "import { McpServer } from '@gangway/core'\nenum Name { Own = 'kept' }\nexport default new McpServer({ name: Name.Own, version: '1.0.0' })\n"

describe.concurrent('the cache', options, () => {
  test('is shown, cleared, and created again', async () => {
    const cwd = project({ 'server.ts': server, 'cache/gangway/packages/one/big.js': 'x'.repeat(2_000_000) })
    const folder = join(cwd, 'cache/gangway')
    const env = { XDG_CACHE_HOME: join(cwd, 'cache'), NODE_DISABLE_COMPILE_CACHE: '1' }
    const run = () => gangway(['run', 'server.ts'], { input: [initialize], cwd, env })
    expect(await run()).toEqual({ stdout: welcome('kept'), stderr: '', code: 0 })
    const parts = '  modules   0.0 MB\n  packages  2.0 MB\n'
    expect(await gangway(['cache'], { env })).toEqual({ stdout: `${folder}: 2.0 MB\n${parts}`, stderr: '', code: 0 })
    expect(await gangway(['cache', 'clear'], { env })).toEqual({ stdout: `Removed 2.0 MB from ${folder}\n`, stderr: '', code: 0 })
    expect(existsSync(folder)).toBe(false)
    for (const [words, stdout] of [[['cache'], `${folder}: empty\n`], [['cache', 'clear'], `Removed 0.0 MB from ${folder}\n`]] as const) expect(await gangway(words, { env })).toEqual({ stdout, stderr: '', code: 0 })
    expect(await run()).toMatchObject({ stdout: welcome('kept'), code: 0 })
    expect(existsSync(join(folder, 'modules'))).toBe(true)
  })

  test('that cannot be written: servers run, and clear explains why it fails', async () => {
    const cwd = project({ 'server.ts': server, file: '' })
    const env = { XDG_CACHE_HOME: join(cwd, 'file') }
    expect(await gangway(['run', 'server.ts'], { input: [initialize], cwd, env })).toEqual({ stdout: welcome('kept'), stderr: '', code: 0 })
    const line = `GANGWAY_E_CACHE_FOLDER: ${join(cwd, 'file/gangway')} … ENOTDIR … XDG_CACHE_HOME`
    expect(await gangway(['cache', 'clear'], { env })).toEqual({ stdout: '', stderr: errorLine(line), code: 6 })
  })

  test('contains compiled code from Node.js 22.8 on, unless files are reloaded', async () => {
    const cwd = project({ 'server.ts': server })
    const run = (cache: string, ...flags: string[]) => gangway(['run', 'server.ts', ...flags], { input: [initialize], cwd, env: { XDG_CACHE_HOME: join(cwd, cache) } })
    for (const flags of [[], ['--reload']]) expect(await run(flags.join(''), ...flags)).toMatchObject({ stderr: '', code: 0 })
    expect(existsSync(join(cwd, 'gangway/compiled'))).toBe('enableCompileCache' in module)
    expect(existsSync(join(cwd, '--reload/gangway/compiled'))).toBe(false)
  })

  test('accepts no other argument', async () => {
    expect(await gangway(['cache', 'clean'])).toEqual({ stdout: '', stderr: errorLine('GANGWAY_E_USAGE: <clear> … "clean" … clear?'), code: 2 })
  })
})
