/** One server on one pair of streams, from before it is open. */
import { PassThrough } from 'node:stream'
import { McpServer } from '@gangway/core'
import { expect, test } from 'vitest'
import { stdio, type StdioOptions } from '../src/index.ts'

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', 'io.modelcontextprotocol/clientCapabilities': {} }
const call = (id: number, text = ''): string => `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'size', arguments: { text }, _meta: META } })}\n`
const newServer = (): McpServer => new McpServer({ name: 'suite', version: '1.0.0' }).tool('size', {}, () => 'here')

function streams(options: StdioOptions = {}) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()]
  const transport = stdio({ stdin, stdout, ...options })
  const answers = async (): Promise<number[]> => String(Buffer.concat(await stdout.toArray())).trim().split('\n').map((line) => JSON.parse(line).id)
  return { stdin, stdout, transport, answers }
}

test('messages before the start get their responses, however many, although the client has disconnected', async () => {
  const { stdin, stdout, transport, answers } = streams()
  const running = transport.serve(newServer().onStart(() => new Promise<void>((resolve) => setTimeout(resolve, 50))))
  for (let id = 0; id < 40; id++) stdin.write(call(id, 'x'.repeat(64 * 1024)))
  stdin.end()
  await (await running).closed
  stdout.end()
  expect((await answers()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, id) => id))
})

test('a start that fails leaves the streams, and their messages, to another server', async () => {
  const { stdin, stdout, transport, answers } = streams()
  let fail: ((error: Error) => void) | undefined
  const failing = transport.serve(newServer().onStart(() => new Promise((_, reject) => (fail = reject))))
  for (const id of [1, 2]) await new Promise((resolve) => stdin.write(call(id), resolve))
  fail?.(new Error('no database'))
  await expect(failing).rejects.toThrow('no database')
  const running = await transport.serve(newServer())
  stdin.end(call(3))
  await running.closed
  stdout.end()
  expect(await answers()).toEqual([1, 2, 3])
})

test('a start can take any time if drain is Infinity', async () => {
  const { stdin, stdout, transport, answers } = streams({ drainTimeout: Number.POSITIVE_INFINITY })
  const running = transport.serve(newServer().onStart(() => new Promise<void>((resolve) => setTimeout(resolve, 50))))
  stdin.end(call(1))
  await (await running).closed
  stdout.end()
  expect(await answers()).toEqual([1])
})

test('a start that never finishes is given up after the drain time', async () => {
  const { stdin, transport } = streams({ drainTimeout: 50 })
  const serving = transport.serve(newServer().onStart(() => new Promise(() => {})))
  stdin.end()
  stdin.resume()
  await expect(serving).rejects.toMatchObject({ code: 'GANGWAY_E_START' })
})

test('a second server on the same input is rejected while the first one runs', async () => {
  const { stdin, transport } = streams()
  const running = await transport.serve(newServer())
  await expect(transport.serve(newServer())).rejects.toMatchObject({ code: 'GANGWAY_E_USAGE', message: expect.stringContaining('another transport') })
  await running.close()
  await expect(transport.serve(newServer())).resolves.toBeDefined()
  stdin.end()
})
