/** The load generator reads replies as HTTP says, however they are cut into pieces. */
import { expect, test } from 'vitest'
import { resultOf } from '../src/load/http-client.mjs'
import { around, call } from '../src/load/messages.mjs'
import { ReplyParser } from '../src/load/reply-parser.mjs'

const TEXT = '{"result":{"a":"ä"}}'
const DATA = ['data: {"method":"x"}\n\n', 'id: 1\ndata: {"result":{}}\n\n']
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

const JSON_REPLY = `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(TEXT)}\r\ncontent-type: application/json\r\n\r\n${TEXT}`
const EVENTS = `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n${DATA.map(chunk).join('')}${chunk('')}`
const EMPTY = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n'

const read = (bytes: Buffer, size: number): { status: number; body: string }[] => {
  const replies: { status: number; body: string }[] = []
  const parser = new ReplyParser(({ status, body }) => replies.push({ status, body: body.toString() }))
  for (let from = 0; from < bytes.length; from += size) parser.take(Buffer.from(bytes.subarray(from, from + size)))
  return replies
}

test.each([1, 2, 3, 7, 50, 1000])('in pieces of %i bytes', (size) => {
  expect(read(Buffer.from(JSON_REPLY + EVENTS + EMPTY + JSON_REPLY), size)).toEqual([
    { status: 200, body: TEXT },
    { status: 200, body: DATA.join('') },
    { status: 202, body: '' },
    { status: 200, body: TEXT },
  ])
})

const reply = (type: string, body: string, status = 200) => ({ status, head: `HTTP/1.1 ${status}\r\ncontent-type: ${type}`, body: Buffer.from(body) })

test('resultOf reads JSON and event streams, and throws for other replies', () => {
  expect(resultOf(reply('application/json', '{"result":{"a":1}}'))).toEqual({ a: 1 })
  expect(resultOf(reply('text/event-stream', 'data: \n\ndata: {"method":"x"}\n\ndata: {"result":{"a":1}}\n\n'))).toEqual({ a: 1 })
  expect(() => resultOf(reply('application/json', '{"error":{"code":-32602}}'))).toThrow('-32602')
  expect(() => resultOf(reply('application/json', '{"result":{}}', 500))).toThrow('HTTP 500')
})

test('the parts of a request around an id form valid JSON', () => {
  const [head, tail] = around(call('echo', { text: 'x' }), 'modern')
  const message = JSON.parse(`${head}7${tail}`)
  expect(message).toMatchObject({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'echo', arguments: { text: 'x' }, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } } })
})
