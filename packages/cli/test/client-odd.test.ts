/** `gangway list`, `call`, `inspect` and `run` with servers that deviate from the specification. */
import { fileURLToPath } from 'node:url'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { callTool, gangway, initialize, project } from './gangway.ts'

const PROGRAM = fileURLToPath(new URL('../../../test/programs/odd-server.mjs', import.meta.url))
const odd = (...deviations: string[]): string[] => ['--', process.execPath, PROGRAM, ...deviations]
const mcpJson = (...deviations: string[]): string => project({ 'mcp.json': JSON.stringify({ mcpServers: { odd: { command: process.execPath, args: [PROGRAM, ...deviations] }, plain: { command: process.execPath, args: [PROGRAM] } } }) })
const options = { timeout: 60_000 }

describe.concurrent('[case 20] a failed list does not affect the others', options, () => {
  test.each([['prompts unknown', 'Method not found'], ['prompts fail', 'The database is down']])('inspect, %s: a warning, and exit code 0', async (deviation, reason) => {
    const { stdout, stderr, code } = await gangway(['inspect', ...odd(deviation)])
    expect(code).toBe(0)
    expect(stdout).toContain('Tools (1)\n  good()')
    expect(stdout).toContain('Prompts (0)')
    expect(stderr).toMatch(new RegExp(`^warning: .*prompts: ${reason}`))
  })

  test('list: the exit code shows that a requested list failed', async () => {
    const { stdout, stderr, code } = await gangway(['list', '--prompts', ...odd('prompts fail')])
    expect({ stdout, code }).toEqual({ stdout: 'Tools (1)\n  good()\n      Say hello\n\nPrompts (0)\n', code: 7 })
    expect(stderr).toMatch(/GANGWAY_E_REFUSED.*prompts: The database is down/)
    expect(await gangway(['list', ...odd('prompts fail')])).toMatchObject({ stderr: '', code: 0 })
    expect(await gangway(['list', '--prompts', ...odd('prompts unknown')])).toMatchObject({ stderr: expect.stringContaining('warning: '), code: 0 })
  })

  test('a proxy serves the tools, and logs the list', async () => {
    const { stdout, stderr, code } = await gangway(['run', 'mcp.json'], { cwd: mcpJson('prompts fail'), input: [initialize, { jsonrpc: '2.0', id: 3, method: 'tools/list' }, callTool('odd_good')] })
    expect(code).toBe(0)
    expect(stdout).toContain('"odd_good"')
    expect(stdout).toContain('"plain_good"')
    expect(stdout).toContain('hello')
    expect(stderr).toContain('The database is down')
  })

  test('with several servers, the warning names the list', async () => {
    const { stdout, stderr, code } = await gangway(['inspect', 'mcp.json'], { cwd: mcpJson('prompts fail') })
    expect(code).toBe(0)
    expect(stdout).toContain('odd_good()')
    expect(stderr).toMatch(/^warning: .*prompts.*The database is down/)
  })
})

describe.concurrent('[case 21] one invalid tool does not affect the others', options, () => {
  test.each(['schema null', 'schema missing', 'entry null', 'name twice', 'same cursor'])('%s', async (deviation) => {
    const { stdout, stderr, code } = await gangway(['list', ...odd(deviation)])
    expect({ stdout, code }).toEqual({ stdout: 'Tools (1)\n  good()\n      Say hello\n', code: 0 })
    expect(stderr).toMatch(/^warning: /)
  })

  test.each(['lists null', 'empty cursor', 'null members', 'both outcomes'])('%s: no warning', async (deviation) => {
    expect(await gangway(['inspect', ...odd(deviation)])).toMatchObject({ stderr: '', code: 0 })
  })
})

describe.concurrent('call', options, () => {
  test.each(['schema null', 'ids as text', 'banner', 'prints', 'handshake first'])('[case 22] [case 45] %s', async (deviation) => {
    expect(await gangway(['call', 'good', ...odd(deviation)])).toMatchObject({ stdout: 'hello\n', code: 0 })
  })

  test('a resource of a server whose tools cannot be listed', async () => {
    expect(await gangway(['call', 'odd:file', ...odd('tools fail')])).toMatchObject({ stdout: 'a file\n', code: 0 })
  })
})
