/** What fails behind the back of a handler fails its request, and the server goes on. Runs the built packages. */
import { text } from 'node:stream/consumers'
import { describe, expect, test, vi } from 'vitest'
import { modernText, type Message } from '../harness/message.ts'
import { GANGWAY, programFile, startProgram, until } from '../harness/program.ts'

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 4 })

const SERVER = programFile('faulty-server.mjs')
const commands = { 'a server': [SERVER], 'gangway run': [GANGWAY, 'run', SERVER, '--'] }

interface Logged {
  level: string
  message: string
  method?: string
  id?: string
  err?: { message: string; stack: string }
}

const MASKED = (id: string) => ({ jsonrpc: '2.0', id, error: { code: -32603, message: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/), data: { errorId: expect.any(String) } } })

const FAULTS = ['reject', 'throw', 'emit', 'microtask', 'microtask-later', 'microtask-first']

const errorsIn = (stderr: string): Logged[] => stderr.split('\n').flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as Logged] : []))

/** Sends the calls side by side; when as many faults are logged, one that is fine, and the end. */
async function run(args: readonly string[], calls: readonly string[] = []) {
  const program = startProgram(process.execPath, args)
  for (const name of calls) program.stdin.write(`${modernText(name, 'tools/call', { name })}\n`)
  const stdout = text(program.stdout)
  await Promise.race([program.ended, until(() => calls.length > 0 && errorsIn(program.stderr()).length >= calls.length)])
  program.stdin.end(`${modernText('fine', 'tools/call', { name: 'fine' })}\n`)
  const messages = (await stdout).split('\n').slice(0, -1).map((line) => JSON.parse(line) as Message)
  const code = await program.ended
  return { code, logged: errorsIn(program.stderr()), stderr: program.stderr(), answer: (id: string) => messages.find((message) => message.id === id) }
}

describe.concurrent.each(Object.entries(commands))('%s', (_, command) => {
  test('whose tools fail in the background responds to each with −32603, logs which one, and continues', async () => {
    const { code, logged, answer } = await run(command, FAULTS)
    for (const name of FAULTS) {
      expect(answer(name)).toEqual(MASKED(name))
      expect(logged).toContainEqual(expect.objectContaining({ level: 'error', tool: name, method: 'tools/call', id: name, revision: '2026-07-28', err: expect.objectContaining({ stack: expect.stringContaining('faulty-server.mjs') }) }))
    }
    expect(answer('fine')).toMatchObject({ result: { content: [{ text: 'fine' }] } })
    expect(code).toBe(0)
  })

  test('whose tools throw values that JSON cannot express does the same', async () => {
    const { code, logged, answer } = await run(command, ['circular', 'bigint', 'unshowable'])
    for (const name of ['circular', 'bigint', 'unshowable']) expect(answer(name)).toEqual(MASKED(name))
    expect(logged).toHaveLength(3)
    expect(logged).toContainEqual(expect.objectContaining({ level: 'error', id: 'circular', err: expect.stringContaining('status: 500') }))
    expect(logged).toContainEqual(expect.objectContaining({ level: 'error', id: 'bigint', err: { type: 'bigint', message: '42', thrown: '42' } }))
    expect(answer('fine')).toMatchObject({ result: {} })
    expect(code).toBe(0)
  })

  test('logs an error after the response, which stays', async () => {
    const { logged, answer } = await run(command, ['too-late'])
    expect(answer('too-late')).toMatchObject({ result: { content: [{ text: 'answered' }] } })
    expect(logged).toContainEqual(expect.objectContaining({ id: 'too-late', err: expect.objectContaining({ message: 'its request is answered' }) }))
  })

  test('logs an error of no request, and continues', async () => {
    const { code, logged, answer } = await run(command, ['elsewhere'])
    expect(logged).toMatchObject([{ level: 'error', err: { message: 'of no request' } }])
    expect(logged[0]).not.toHaveProperty('id')
    expect(answer('fine')).toMatchObject({ result: {} })
    expect(code).toBe(0)
  })

  test('whose code closes stdout exits with a reason [case A12]', async () => {
    const program = startProgram(process.execPath, command)
    program.stdin.write(`${modernText('close-stdout', 'tools/call', { name: 'close-stdout' })}\n`)
    expect(await program.ended).toBe(1)
    expect(program.stderr()).toMatch(/"message":"[^"]*stdout[^"]*".*GANGWAY_E_STDOUT/)
  })

  test.each(['while loading', 'beside'])('that fails %s exits', async (when) => {
    const { code, stderr, answer } = await run([...command, when])
    expect(answer('fine')).toBeUndefined()
    expect(stderr).toContain(when === 'beside' ? 'beside the loading' : when)
    expect(code).toBe(command.length === 1 ? 1 : 4)
  })
})

test.each(['right after run()', 'some time after run()'])('a server that fails %s, while its file still runs, exits', async (when) => {
  const { code, stderr } = await run([SERVER, when])
  expect(stderr).toContain(when)
  expect(code).toBe(1)
})

test('a logger that throws neither ends the server nor loses the response', async () => {
  const program = startProgram(process.execPath, [SERVER, 'with a logger that fails'])
  const stdout = text(program.stdout)
  program.stdin.write(`${modernText('throw', 'tools/call', { name: 'throw' })}\n`)
  await until(() => program.stderr().includes('logger failed'))
  program.stdin.end(`${modernText('fine', 'tools/call', { name: 'fine' })}\n`)
  expect((await stdout).trim().split('\n').map((line) => JSON.parse(line))).toMatchObject([{ id: 'throw', error: { code: -32603 } }, { id: 'fine', result: {} }])
  expect(await program.ended).toBe(0)
})
