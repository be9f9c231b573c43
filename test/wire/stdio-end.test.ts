/** The end of a client on stdio, and what it does with its pipes until then. */
import { PassThrough } from 'node:stream'
import { stdio } from '@gangway/transport-stdio'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { closing } from '../harness/index.ts'
import { eachLine } from '../harness/lines.ts'
import { LOG_LEVEL, modernText, type Message } from '../harness/message.ts'
import { aborted, gate, newServer } from '../harness/server.ts'
import { openStdio } from '../harness/stdio.ts'

function slowServer() {
  const started = gate()
  const release = gate()
  const stopped = gate<boolean>()
  const told: string[] = []
  const server = newServer()
    .tool('slow', {}, async (_, { signal }) => {
      started.open()
      await Promise.race([release, aborted(signal)])
      stopped.open(signal.aborted)
      return 'done'
    })
    .tool('fast', {}, () => 'fast')
    .tool('echo', { input: { text: z.string() } }, ({ text }) => text)
    .onClose(() => void told.push('close'))
  return { server, started, release, stopped, told }
}

async function open(server: Parameters<typeof openStdio>[0], options: Parameters<typeof stdio>[0] = {}) {
  const messages: Message[] = []
  const opened = await openStdio(server, (text) => void messages.push(JSON.parse(text)), options)
  closing(opened.running)
  return { ...opened, messages }
}

const call = (id: number, name: string): string => `${modernText(id, 'tools/call', { name })}\n`
const talk = (id: number, times: number): string => `${modernText(id, 'tools/call', { name: 'talk', arguments: { times } }, { [LOG_LEVEL]: 'info', progressToken: id })}\n`

test('when the input ends, requests in flight get their responses first [S5]', async () => {
  const { server, started, release, stopped, told } = slowServer()
  const { stdin, running, messages } = await open(server)
  stdin.end(call(1, 'slow'))
  await started
  release.open()
  await running.closed
  expect(messages).toMatchObject([{ id: 1, result: { content: [{ text: 'done' }] } }])
  expect([await stopped, told]).toEqual([false, ['close']])
})

test('the last line needs no newline [S4]', async () => {
  const { server } = slowServer()
  const { stdin, running, messages } = await open(server)
  stdin.end(call(1, 'fast').trim())
  await running.closed
  expect(messages).toMatchObject([{ id: 1, result: {} }])
})

test('all requests sent before the end get their responses [S5]', async () => {
  const { server } = slowServer()
  const { stdin, running, messages } = await open(server)
  const ids = Array.from({ length: 200 }, (_, index) => index)
  stdin.end(ids.map((id) => call(id, 'fast')).join(''))
  await running.closed
  expect(messages.map(({ id }) => id)).toEqual(ids)
})

test.each([
  ['the end of the input', true],
  ['close()', false],
])('a handler that waits for the user gets an error at %s, and the server does not wait for a response that cannot arrive [case A13]', async (_, byClient) => {
  const runs: string[] = []
  const server = newServer().tool('ask', {}, async (_args, { elicit }) => {
    for (const key of ['first', 'second']) {
      await elicit(key, 'Sure?', { yes: z.boolean() }).catch((error: Error) => {
        if (error.name === 'Unanswered') throw error
        runs.push(error.message)
      })
    }
    return 'done'
  })
  const { stdin, running, messages } = await open(server, { drainTimeout: Number.POSITIVE_INFINITY })
  const capabilities = { elicitation: {} }
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities, clientInfo: { name: 'c', version: '1' } } }
  stdin.write(`${JSON.stringify(initialize)}\n${JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'ask' } })}\n`)
  while (!messages.some(({ method }) => method === 'elicitation/create')) await new Promise(setImmediate)
  if (byClient) stdin.end()
  else void running.close()
  await running.closed
  expect(messages.filter(({ method }) => method === 'elicitation/create')).toHaveLength(1)
  expect(messages.at(-1)).toMatchObject({ id: 2, result: { content: [{ text: 'done' }] } })
  expect(new Set(runs)).toEqual(new Set(['The client closed the connection before it responded']))
})

test('a call that exceeds the drain time is aborted, and gets no response', async () => {
  const { server, started, stopped } = slowServer()
  const { stdin, running, messages } = await open(server, { drainTimeout: 1 })
  stdin.end(call(1, 'slow'))
  await started
  await running.closed
  expect(await stopped).toBe(true)
  expect(messages).toEqual([])
})

test('close() works like the end of the input, and a second close() does not wait', async () => {
  const { server, started, stopped, told } = slowServer()
  const { stdin, running, messages } = await open(server)
  stdin.write(call(1, 'slow'))
  await started
  const closed = running.close()
  await Promise.all([closed, running.close()])
  expect([await stopped, messages, told]).toEqual([true, [], ['close']])
  stdin.write(call(2, 'fast'))
  await running.close()
  expect(told).toEqual(['close'])
})

test.each(['destroyed', 'broken'])('an input that is %s ends the server', async (how) => {
  const { server, told } = slowServer()
  const { stdin, running } = await open(server)
  stdin.destroy(how === 'broken' ? new Error('read failed') : undefined)
  await running.closed
  expect(told).toEqual(['close'])
})

test('a closed output ends the server without an error, however much is queued', async () => {
  const { server, started, release } = slowServer()
  const { stdin, stdout, running } = await open(server)
  stdin.write(call(1, 'slow'))
  await started
  stdout.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  release.open()
  await running.closed
})

test('the server stops reading from a client that does not read, and loses nothing once it reads', async () => {
  const { server } = slowServer()
  const stdin = new PassThrough()
  const stdout = new PassThrough({ highWaterMark: 100 })
  closing(await stdio({ stdin, stdout }).serve(server))
  const paused = new Promise((resolve) => stdin.once('pause', resolve))
  const ids = Array.from({ length: 100 }, (_, index) => index)
  void (async () => {
    for (const id of ids) {
      stdin.write(`${modernText(id, 'tools/call', { name: 'echo', arguments: { text: 'x'.repeat(100_000) } })}\n`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  })()
  await paused
  const messages: Message[] = []
  const all = gate()
  eachLine(stdout, (line) => {
    messages.push(JSON.parse(line))
    if (messages.length === ids.length) all.open()
  })
  await all
  expect(messages.map(({ id }) => id).toSorted((a, b) => Number(a) - Number(b))).toEqual(ids)
})

test('notifications to a client that does not read are dropped once 16 MiB wait, and nothing else is', async () => {
  const said = gate()
  const server = newServer()
    .tool('talk', { input: { times: z.number() } }, async ({ times }, { log, progress }) => {
      for (let time = 1; time <= times; time++) {
        log.info('x'.repeat(2 ** 20))
        progress(time)
      }
      said.open()
      return 'talked'
    })
  const stdin = new PassThrough()
  const stdout = new PassThrough({ highWaterMark: 100 })
  closing(await stdio({ stdin, stdout }).serve(server))
  stdin.write(talk(1, 100))
  await said
  const messages: Message[] = []
  const [first, second] = [gate(), gate()]
  eachLine(stdout, (line) => {
    const message = JSON.parse(line) as Message
    messages.push(message)
    if (message.id !== undefined) (message.id === 1 ? first : second).open()
  })
  await first
  expect(messages.map(({ method = 'answer' }) => method)).toEqual([...Array.from({ length: 16 }, () => ['notifications/message', 'notifications/progress']).flat().slice(0, -1), 'answer'])
  messages.length = 0
  stdin.write(talk(2, 1))
  await second
  expect(messages.map(({ method = 'answer' }) => method)).toEqual(['notifications/message', 'notifications/progress', 'answer'])
})

test('shutdown does not wait for a client that never reads', async () => {
  const { server } = slowServer()
  const stdin = new PassThrough()
  const stdout = new PassThrough({ highWaterMark: 100 })
  const running = await stdio({ stdin, stdout, drainTimeout: 1 }).serve(server)
  stdin.end([1, 2, 3].map((id) => call(id, 'fast')).join(''))
  await running.closed
})

test('an overlong line is rejected, and the next is served [S4]', async () => {
  const { server } = slowServer()
  const { stdin, running, messages } = await open(server, { messageLimit: 400 })
  stdin.write(`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(500)}`)
  stdin.write(`${'y'.repeat(500)}"}\n${call(2, 'fast')}`)
  stdin.end()
  await running.closed
  expect(messages).toMatchObject([{ id: null, error: { code: -32600, message: expect.stringContaining('400') } }, { id: 2, result: {} }])
})

test('chunks can end anywhere, lines can have Windows line endings, and blank lines are ignored [S4]', async () => {
  const { server } = slowServer()
  const { stdin, running, messages } = await open(server)
  const bytes = Buffer.from(`\n\r\n  \n${modernText('é🙂', 'tools/call', { name: 'fast' })}\r\n\n${call(2, 'fast')}`)
  for (const byte of bytes) stdin.write(Buffer.from([byte]))
  stdin.end()
  await running.closed
  expect(messages.map(({ id }) => id)).toEqual(['é🙂', 2])
})

test('a line that is not UTF-8 is −32700 [S3]', async () => {
  const { server } = slowServer()
  const { stdin, running, messages } = await open(server)
  stdin.write(Buffer.from('{"jsonrpc":"2.0","id":1,"method":"é"}\n', 'latin1'))
  stdin.end(call(2, 'fast'))
  await running.closed
  expect(messages).toMatchObject([{ id: null, error: { code: -32700 } }, { id: 2, result: {} }])
})
