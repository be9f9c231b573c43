/** Clients can cause errors at will: every failure has a line in the log, and few have a stack. */
import { expect, test, vi } from 'vitest'
import { logLimited } from '../src/logging/limited-log.ts'
import type { Logger } from '../src/logging/logger.ts'
import { McpServer } from '../src/mcp-server.ts'
import { Session } from '../src/engine/session.ts'

interface Line extends Record<string, unknown> {
  readonly level: string
  readonly message: string
}

const newLogger = (): { logger: Logger; lines: Line[] } => {
  const lines: Line[] = []
  const write = (level: string) => (details: object, message: string) => void lines.push({ ...details, level, message })
  return { logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }, lines }
}

const fail = (message: string): Error => new Error(message)

test('[case 9] each failure of a tool has a line with its id, item, session and revision; the stack is in ten of them', async () => {
  const { logger, lines } = newLogger()
  const server = new McpServer({ name: 'suite', version: '1.0.0', logger }).tool('broken', { input: { type: 'object' } }, ({ text }) => {
    throw fail(`cannot read ${String(text)}`)
  })
  const session = new Session(server, { id: 'a-session-with-an-id', send: () => {} })
  await session.receive({ jsonrpc: '2.0', id: 0, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } })
  const ids: unknown[] = []
  for (let id = 1; id <= 30; id++) {
    const response = await session.receive({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'broken', arguments: { text: `${id}`.repeat(1000) } } })
    ids.push(/error id (\w+)/.exec(JSON.stringify(response))?.[1])
  }
  const failures = lines.filter(({ level }) => level === 'error')
  expect(failures.map(({ errorId }) => errorId)).toEqual(ids)
  for (const line of failures) expect(line).toMatchObject({ message: 'A tool failed', tool: 'broken', method: 'tools/call', session: 'a-sessio', revision: '2025-11-25' })
  expect(failures.slice(0, 10).every(({ err }) => err instanceof Error)).toBe(true)
  for (const line of failures.slice(10)) {
    expect(line).toMatchObject({ omitted: expect.stringContaining('10 times') })
    expect(JSON.stringify(line).length).toBeLessThan(400)
  }
})

test('[case 9] another stack is logged in full, and one that comes again later counts the lines between', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0)
  const { logger, lines } = newLogger()
  const first = fail('first')
  for (let count = 0; count < 12; count++) logLimited(logger, 'error', { err: first, errorId: 'a' }, 'It failed')
  logLimited(logger, 'error', { err: fail('other'), errorId: 'b' }, 'It failed')
  now.mockReturnValue(10_001)
  logLimited(logger, 'error', { err: first, errorId: 'c' }, 'It failed')
  now.mockRestore()
  expect(lines.slice(10)).toEqual([
    expect.objectContaining({ errorId: 'a', omitted: expect.any(String) }),
    expect.objectContaining({ errorId: 'a', omitted: expect.any(String) }),
    { level: 'error', message: 'It failed', errorId: 'b', err: expect.objectContaining({ message: 'other' }) },
    { level: 'error', message: 'It failed', errorId: 'c', err: first, repeated: 2 },
  ])
})

test('[case 9] lines without an id go to the debug level, whatever was thrown', () => {
  const { logger, lines } = newLogger()
  const thrown = [undefined, null, 'text', { get stack() { throw new Error('unreadable') } }, fail('x')]
  for (const err of thrown) for (let count = 0; count < 15; count++) logLimited(logger, 'warn', { err }, `It failed with ${typeof err}`)
  expect(lines).toHaveLength(75)
  expect(lines.filter(({ level }) => level === 'debug').length).toBeGreaterThanOrEqual(25)
  expect(lines.filter(({ level }) => level === 'warn').length).toBeLessThanOrEqual(50)
})

test('[case 9] what is remembered of lines has a bound', () => {
  const { logger, lines } = newLogger()
  for (let count = 0; count < 20_000; count++) logLimited(logger, 'warn', {}, `Line ${count}`)
  for (let count = 0; count < 10; count++) logLimited(logger, 'warn', {}, 'Line 0')
  expect(lines.slice(-10).map(({ level }) => level)).toEqual(Array(10).fill('warn')) // It was forgotten, and counts from the start.
})
