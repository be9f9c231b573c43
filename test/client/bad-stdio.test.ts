/** Programs that are bad servers: what the client says of each, and that none of them stays. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connect, type ClientError, type ClientOptions } from '@gangway/core/client'
import { stdioClient, type StdioClientOptions } from '@gangway/transport-stdio/client'
import { describe, expect, test, vi } from 'vitest'
import { opened } from './ways.ts'

vi.setConfig({ testTimeout: 30_000 }) // Each starts a program or two.

const ROGUE = fileURLToPath(new URL('../programs/rogue.mjs', import.meta.url))
/** Errors leave out arguments: they may be secrets. */
const NAME = `${process.execPath} …`

const rogue = (faults: string[] = [], options: Partial<StdioClientOptions> = {}) => stdioClient({ command: process.execPath, args: [ROGUE, ...faults], ...options })

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
  const client = await opened(rogue(faults, { onStderr: (text) => (log += text), exitTimeout: 100, terminationTimeout: 100 }), { revision: '2025-11-25' })
  await expect.poll(() => log).toContain('pid ')
  return { client, pids: [...log.matchAll(/(?:pid|child) (\d+)/g)].map(([, pid]) => Number(pid)) }
}

describe('while connecting', () => {
  test('a command that does not exist', async () => {
    const error = await connect(stdioClient({ command: 'gangway-no-such-command', args: ['-x'] })).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_UNREACHABLE', message: expect.stringMatching(/^gangway-no-such-command … .*command not found/) })
  })

  test('a folder that does not exist', async () => {
    await expect(connect(rogue([], { cwd: '/no/such/folder' }))).rejects.toMatchObject({ code: 'GANGWAY_E_UNREACHABLE' })
  })

  test('a program that fails: the error quotes its stderr', async () => {
    const error = await connect(rogue(['fails at once'])).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: `${NAME} exited with code 3. The end of its stderr: "Error: no API key"` })
  })

  test('a program without output', async () => {
    let log = ''
    const error = await connect(rogue(['is silent'], { onStderr: (text) => (log += text) }), { timeout: 500, probeTimeout: 100 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: expect.stringContaining('No response to') })
    expect(runs(Number(/pid (\d+)/.exec(log)?.[1]))).toBe(false)
  })

  test('a program that prints a banner is served, and the banner is reported', async () => {
    const faults: ClientError[] = []
    const client = await opened(rogue(['prints a banner']), { onFault: (fault) => faults.push(fault) })
    expect(client.server.info).toMatchObject({ name: 'rogue' })
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_NOT_MCP', message: `${NAME} sent text that is not JSON: "Welcome to rogue 1.0!"` }])
  })

  test('a program that prints only a banner: the error quotes the banner', async () => {
    const error = await connect(rogue(['prints a banner', 'is silent']), { timeout: 500, probeTimeout: 100 }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: expect.stringContaining('Welcome to rogue 1.0!') })
  })

  test('an unknown revision', async () => {
    await expect(connect(rogue(['speaks of the future']))).rejects.toMatchObject({ code: 'GANGWAY_E_REVISION', message: expect.stringContaining('2099-01-01') })
  })

  test('connecting can be aborted', async () => {
    await expect(connect(rogue(['is silent']), { signal: AbortSignal.timeout(200) })).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('falls back to the handshake', () => {
  test.each([['an error', []], ['an error that names no request', ['does not know who asked']], ['silence', ['ignores strangers']], ['the end of the process', ['hangs up on strangers']]])('%s', async (_, faults) => {
    const client = await opened(rogue(faults), { probeTimeout: 300 })
    expect(client.server.revision).toBe('2025-11-25')
    expect(await client.listTools()).toHaveLength(10)
  })
})

describe('during a call', () => {
  test('a repeated response counts once', async () => {
    const { client, outcome, faults } = await call('twice')
    expect(outcome).toEqual({ content: [] })
    await client.listTools()
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_UNASKED', message: expect.stringContaining('sent a response to request 2') }])
  })

  test('a response to no request is ignored', async () => {
    const { outcome, faults } = await call('foreign')
    expect(outcome).toEqual({ content: [] })
    expect(faults).toMatchObject([{ code: 'GANGWAY_E_UNASKED', message: expect.stringContaining('"never asked"') }])
  })

  test('a response that never arrives', async () => {
    const { client, outcome } = await call('never', { timeout: 300 })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_TIMEOUT', message: `${NAME}: No response to tools/call within 300 ms` })
    expect(await client.listTools()).toHaveLength(10) // The next is none the worse for it.
  })

  test('a program that exits within a line', async () => {
    const { client, outcome } = await call('halfway')
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining('exited with code 7') })
    expect(outcome).toMatchObject({ message: expect.stringContaining(String.raw`\"result\":{\"cont`) })
    expect(await client.closed).toMatchObject({ code: 'GANGWAY_E_CLOSED' })
    await expect(client.listTools()).rejects.toMatchObject({ code: 'GANGWAY_E_CLOSED' })
  })

  test('a program that closes its stdout and keeps running', async () => {
    const { outcome } = await call('mute', {}, { exitTimeout: 50 })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_CLOSED', message: expect.stringContaining(`${NAME} closed its stdout`) })
  })

  test('64 MiB without a newline', async () => {
    const { outcome } = await call('endless', {}, { messageLimit: 2 ** 20 })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_TOO_LARGE', message: `${NAME} printed a line of more than 1048576 bytes on stdout. Raise messageLimit to accept it` })
  })

  test.each([true, false])('a result that violates the output schema of its tool (listed before: %s)', async (list) => {
    const { outcome } = await call('liar', {}, { list })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringMatching(/the result of tool liar breaks its own output schema: sum: .*number.*: "\{\\"sum\\":\\"three\\"\}"/) })
  })

  test('a result without the declared structured content', async () => {
    const { outcome } = await call('empty', {}, { list: true })
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_RESULT', message: expect.stringContaining('has no structuredContent') })
  })

  test('a result of the wrong form', async () => {
    const { outcome } = await call('shapeless')
    expect(outcome).toMatchObject({ code: 'GANGWAY_E_RESULT', message: `${NAME} sent an invalid result for tools/call: "content" is not an array: "{\\"content\\":\\"text\\"}"` })
  })

  test('lines before the response that are not messages', async () => {
    const { outcome, faults } = await call('garbled')
    expect(outcome).toEqual({ content: [] })
    expect(faults.map(({ code }) => code)).toEqual(['GANGWAY_E_NOT_MCP', 'GANGWAY_E_NOT_MCP', 'GANGWAY_E_NOT_MCP'])
  })

  test('more concurrent messages than the pipe can hold', async () => {
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

describe('while closing', () => {
  test.each([[[]], [['stays']], [['has a child']], [['stays', 'has a child']]])('kills a program that %j', async (faults) => {
    const { client, pids: started } = await pids(faults)
    expect(started.map(runs)).toEqual(started.map(() => true))
    await client.close()
    await expect.poll(() => started.map(runs)).toEqual(started.map(() => false))
  })
})
