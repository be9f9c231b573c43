/** Strictness about stdout: a stray print ends the server, says where, and exits with 1. Runs the built packages. */
import { text } from 'node:stream/consumers'
import { readFileSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { modernText } from '../harness/message.ts'
import { GANGWAY, programFile, startProgram } from '../harness/program.ts'

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 4 })

const SERVER = programFile('strict-server.mjs')
const lineOf = (words: string): number => readFileSync(SERVER, 'utf8').split('\n').findIndex((line) => line.includes(words)) + 1
const fault = (words: string): string => `${SERVER}:${lineOf(words)}:`

/** Calls the tool, if there is one, and ends unless the server does. */
async function run(args: readonly string[], tool: string | undefined, env: Readonly<Record<string, string>> = {}) {
  const program = startProgram(process.execPath, args, { env })
  if (tool !== undefined) program.stdin.write(`${modernText(1, 'tools/call', { name: tool })}\n`)
  else program.stdin.end()
  const stdout = await text(program.stdout)
  return { stdout, code: await program.ended, stderr: program.stderr() }
}

describe.concurrent.each([
  ['gangway run --strict-stdout', [GANGWAY, 'run', '--strict-stdout', SERVER, '--'], {}],
  ['gangway run with GANGWAY_STRICT_STDOUT', [GANGWAY, 'run', SERVER, '--'], { GANGWAY_STRICT_STDOUT: '1' }],
  ['gangway run --isolate-stdout --strict-stdout', [GANGWAY, 'run', '--isolate-stdout', '--strict-stdout', SERVER, '--'], {}],
  ['a server with GANGWAY_STRICT_STDOUT', [SERVER], { GANGWAY_STRICT_STDOUT: 'true' }],
  ['stdio({ strictStdout: true })', [SERVER, 'strict'], {}],
] as const)('%s', (_, args, env) => {
  test('a tool that prints: its call gets a response, and the server stops', async () => {
    const { stdout, stderr, code } = await run(args, 'print', env)
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { content: [{ text: 'ok' }] } })
    expect(stderr).toContain(`GANGWAY_E_STDOUT`)
    expect(stderr).toContain(fault("console.log('by a tool')"))
    expect(stderr).toContain('closed\n')
    expect(code).toBe(1)
  })

  test('a child process that inherits stdout counts as a print', async () => {
    const { stderr, code } = await run(args, 'child', env)
    expect(stderr).toContain(fault('execSync('))
    expect(code).toBe(1)
  })
})

test('a print before the server starts stops the command before it serves', async () => {
  const { stdout, stderr, code } = await run([GANGWAY, 'run', '--strict-stdout', SERVER, '--', 'at-import'], undefined)
  expect([stdout, code]).toEqual(['', 1])
  expect(stderr).toMatch(/^by the import\ngangway: GANGWAY_E_STDOUT: .*strict-server\.mjs:\d+:\d+ writes to stdout/)
})

test('a flag overrides the code', async () => {
  expect((await run([GANGWAY, 'run', '--strict-stdout', SERVER, '--', 'lax'], 'print')).code).toBe(1)
})

test('the code overrides a variable', async () => {
  const program = startProgram(process.execPath, [SERVER, 'lax'], { env: { GANGWAY_STRICT_STDOUT: '1' } })
  program.stdin.end(`${modernText(1, 'tools/call', { name: 'print' })}\n`)
  expect(await program.ended).toBe(0)
})

test('a variable is true or false', async () => {
  const { stderr, code } = await run([GANGWAY, 'run', SERVER], undefined, { GANGWAY_STRICT_STDOUT: 'maybe' })
  expect(stderr).toMatch(/^gangway: GANGWAY_E_USAGE: .*GANGWAY_STRICT_STDOUT "maybe".*true or false/)
  expect(code).toBe(2)
})

test('a server on another transport can print', async () => {
  const program = startProgram(process.execPath, [GANGWAY, 'run', '--strict-stdout', SERVER, '--', 'http'])
  const printed = await new Promise((resolve) => program.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())))
  expect(printed).toBe('once it serves\n')
  program.kill('SIGTERM')
  expect(await program.ended).toBe(0)
  expect(program.stderr()).not.toContain('GANGWAY_E')
})
