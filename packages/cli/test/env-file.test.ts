/** `gangway run --inherit`, as the Inspector starts it for `gangway dev`: with the variables of a file, in another process where they come too late for this one. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errorLine, gangway, project } from './gangway.ts'

const SERVER = "import { McpServer } from '@gangway/core'\nexport default new McpServer({ name: 'x', version: '1.0.0' })\n"
/** Tells of each process by its number, and never has the variables of the file; the fourth is none. */
const COUNT = "const number = Number(process.env.NUMBER ?? 0) + 1\nif (number > 3) process.exit(9)\nconsole.error(number)\nObject.assign(process.env, { NUMBER: number, NODE_PATH: number })\n"

function inherit(variables: object): ReturnType<typeof gangway> {
  const cwd = project({ 'server.mjs': SERVER, 'variables.json': JSON.stringify(variables), 'count.cjs': COUNT })
  return gangway(['run', 'server.mjs', '--inherit', 'variables.json'], { cwd, env: { NODE_OPTIONS: `--require=${JSON.stringify(join(cwd, 'count.cjs'))}` } })
}

describe.concurrent('--inherit', { timeout: 60_000 }, () => {
  test('keeps variables that the file lacks', async () => {
    expect(await inherit({ OTHER: 'x' })).toEqual({ stdout: '', stderr: '1\n', code: 0 })
  })

  test('starts only one other process, whatever its variables are', async () => {
    expect(await inherit({ NODE_PATH: 'x' })).toEqual({ stdout: '', stderr: '1\n2\n', code: 0 })
  })

  test('deletes the file', async () => {
    const { stderr, code } = await gangway(['run', 'shop.ts', '--inherit', 'nowhere.json'])
    expect({ stderr, code }).toEqual({ stderr: errorLine('GANGWAY_E_USAGE: --inherit … nowhere.json'), code: 2 })
  })
})
