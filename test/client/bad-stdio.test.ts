/** Programs that are bad servers: what the client says of each, and that none of them stays. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect, type ClientError, type ClientOptions } from '@gangway/core/client'
import { stdio, type StdioClientOptions } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 }) // Each starts a program or two.

const ROGUE = fileURLToPath(new URL('../programs/rogue.mjs', import.meta.url))
/** Errors leave out arguments: they may be secrets. */
const NAME = `${process.execPath} …`

const rogue = (faults: string[] = [], options: Partial<StdioClientOptions> = {}) => stdio({ command: process.execPath, args: [ROGUE, ...faults], ...options })

/** Whether the process is there still. One that has ended, and of which nobody has asked how, does not count. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const call = async (name: string, options: ClientOptions = {}, { list = false, ...stdioOptions }: Partial<StdioClientOptions> & { list?: boolean } = {}) => {
  const faults: ClientError[] = []
  const client = await opened(rogue([], stdioOptions), { ...options, revision: '2025-11-25', onFault: (fault) => faults.push(fault) })
  if (list) await client.listTools()
  const outcome = await client.callTool(name).catch((error: unknown) => error)
  return { client, outcome, faults }
}

const pids = async (faults: string[]) => {
  let log = ''
  const client = await opened(rogue(faults, { onStderr: (text) => (log += text), grace: 100, termination: 100 }), { revision: '2025-11-25' })
  await expect.poll(() => log).toContain('pid ')
  return { client, pids: [...log.matchAll(/(?:pid|child) (\d+)/g)].map(([, pid]) => Number(pid)) }
}

describe('at the start', () => {
  test('a command that does not exist', async () => {
    const error = await connect(stdio({ command: 'gangway-no-such-command', args: ['-x'] })).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_UNREACHABLE', message: 'gangway-no-such-command … does not start: there is no such command' })
  })

  test('a folder that does not exist', async () => {
    await expect(connect(rogue([], { cwd: '/no/such/folder' }))).rejects.toMatchObject({ code: 'GANGWAY_E_UNREACHABLE' })
  })

  test('a program that fails: the error shows what it said', async () => {
    const error = await connect(rogue(['fails at once'])).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: `${NAME} ended with exit code 3. The end of its stderr: "Error: no API key"` })
  })

  test('a program that says nothing', async () => {
    let log = ''
    const error = await connect(rogue(['is silent'], { onStderr: (text) => (log += text) }), { timeout: 500, probeTimeout: 100 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: expect.stringContaining('No answer to') })
    expect(runs(Number(/pid (\d+)/.exec(log)?.[1]))).toBe(false)
  })

  test('a program that prints a banner is served, and the banner told of', async () => {
    const faults: ClientError[] = []
    const client = await opened(rogue(['prints a banner']), { onFault: (fault) => faults.push(fault) })
    expect(client.server.info).toMatchObject({ name: 'rogue' })
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_NOT_MCP', message: `${NAME} sent text that is not JSON: "Welcome to rogue 1.0!"` }])
  })

  test('a banner, and then nothing: the error shows the banner', async () => {
    const error = await connect(rogue(['prints a banner', 'is silent']), { timeout: 500, probeTimeout: 100 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: expect.stringContaining('Welcome to rogue 1.0!') })
  })

  test('a revision that nobody speaks', async () => {
    await expect(connect(rogue(['speaks of the future']))).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: expect.stringContaining('2099-01-01') })
  })

  test('connecting can be given up', async () => {
    await expect(connect(rogue(['is silent']), { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('what falls back to the handshake', () => {
  test.each([['an error', []], ['an error that names no request', ['does not know who asked']], ['silence', ['ignores strangers']], ['the end of the process', ['hangs up on strangers']]])('%s', async (_, faults) => {
    const client = await opened(rogue(faults), { probeTimeout: 300 })
    expect(client.server.revision).toBe('2025-11-25')
    expect(await client.listTools()).toHaveLength(10)
  })
})

describe('in the middle', () => {
  test('an answer that comes twice counts once', async () => {
    const { client, outcome, faults } = await call('twice')
    expect(outcome).toEqual({ content: [] })
    await client.listTools()
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_UNASKED', message: expect.stringContaining('answered request 2') }])
  })

  test('an answer to what was not asked is passed over', async () => {
    const { outcome, faults } = await call('foreign')
    expect(outcome).toEqual({ content: [] })
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_UNASKED', message: expect.stringContaining('"never asked"') }])
  })

  test('an answer that never comes', async () => {
    const { client, outcome } = await call('never', { timeout: 300 })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: `${NAME}: No answer to tools/call within 300 ms` })
    expect(await client.listTools()).toHaveLength(10) // The next is none the worse for it.
  })

  test('the end, in the middle of a line', async () => {
    const { client, outcome } = await call('halfway')
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining('ended with exit code 7') })
    expect(outcome).toMatchObject({ message: expect.stringContaining(String.raw`\"result\":{\"cont`) })
    expect(await client.closed).toMatchObject({ code: 'GANGWAY_E_CLOSED' })
    await expect(client.listTools()).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
  })

  test('a program that closes its stdout, and stays', async () => {
    const { outcome } = await call('mute', {}, { grace: 50 })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining(`${NAME} closed its stdout`) })
  })

  test('64 MiB without a newline', async () => {
    const { outcome } = await call('endless', {}, { maxMessage: 2 ** 20 })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_TOO_LARGE', message: `${NAME} printed a line of more than 1048576 bytes on stdout: raise maxMessage if that is meant to be` })
  })

  test.each([true, false])('a result that breaks the output schema of its tool (listed before: %s)', async (list) => {
    const { outcome } = await call('liar', {}, { list })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringMatching(/the result of tool liar breaks its own output schema: sum: .*number.*: "\{\\"sum\\":\\"three\\"\}"/) })
  })

  test('a result without the value that its tool promises', async () => {
    const { outcome } = await call('empty', {}, { list: true })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('has no structuredContent') })
  })

  test('a result of another shape', async () => {
    const { outcome } = await call('shapeless')
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_RESULT', message: `${NAME} sent an invalid result for tools/call: "content" is not an array: "{\\"content\\":\\"text\\"}"` })
  })

  test('lines that are no messages, before the answer', async () => {
    const { outcome, faults } = await call('garbled')
    expect(outcome).toEqual({ content: [] })
    expect(faults.map(({ code }) => code)).toEqual(['GANGWAY_E_NOT_MCP', 'GANGWAY_E_NOT_MCP', 'GANGWAY_E_NOT_MCP'])
  })

  test('many messages at a time, of more than the pipe holds', async () => {
    const warnings: string[] = []
    const warned = ({ message }: Error): void => void warnings.push(message)
    process.on('warning', warned)
    const client = await opened(rogue(), { revision: '2025-11-25' })
    const text = 'x'.repeat(2 ** 18)
    await Promise.all(Array.from({ length: 32 }, () => client.callTool('foreign', { text })))
    await new Promise((resolve) => setImmediate(resolve)) // Warnings come a turn later.
    process.off('warning', warned)
    expect(warnings).toEqual([])
  })

})

describe('at the end', () => {
  test.each([[[]], [['stays']], [['has a child']], [['stays', 'has a child']]])('nothing stays of a program that %j', async (faults) => {
    const { client, pids: started } = await pids(faults)
    expect(started.map(runs)).toEqual(started.map(() => true))
    await client.close()
    await expect.poll(() => started.map(runs)).toEqual(started.map(() => false))
  })
})
