/** Messages of odd servers: those that leave no doubt are repaired, all others stay as they are. */
import { expect, test } from 'vitest'
import { parseMessages } from '../src/client/client-transport.ts'

const parse = (message: object): unknown => parseMessages(JSON.stringify({ jsonrpc: '2.0', ...message }), 'odd')[0]

test.each<[string, object, object]>([
  ['a request with an id of null is a notification', { id: null, method: 'notifications/x' }, { method: 'notifications/x' }],
  ['params of null are absent', { method: 'notifications/x', params: null }, { method: 'notifications/x' }],
  ['a result of null is empty', { id: 1, result: null }, { id: 1, result: {} }],
  ['a result of null next to an error of null is empty', { id: 1, result: null, error: null }, { id: 1, result: {} }],
  ['an error of null is absent', { id: 1, result: { a: 1 }, error: null }, { id: 1, result: { a: 1 } }],
  ['a result of null next to an error is absent', { id: 1, result: null, error: { code: 5, message: 'x' } }, { id: 1, error: { code: 5, message: 'x' } }],
  ['an error that is a text', { id: 1, error: 'no' }, { id: 1, error: { code: -32603, message: 'no' } }],
  ['an error whose code is a text', { id: 1, error: { code: 'E_NO', message: 'no', data: 1 } }, { id: 1, error: { code: -32603, message: 'no', data: 1 } }],
  ['an error without a message', { id: 1, error: { code: 5 } }, { id: 1, error: { code: 5, message: '{"code":5}' } }],
  ['a result and an error', { id: 1, result: {}, error: { code: 1, message: 'x' } }, { id: 1, error: { code: 1, message: 'x' } }],
  ['a result that is a text', { id: 1, result: 'done' }, { id: 1, error: { code: -32603, message: 'The result is not an object: "\\"done\\""' } }],
  ['a valid error', { id: null, error: { code: -32700, message: 'Parse error' } }, { id: null, error: { code: -32700, message: 'Parse error' } }],
  ['null inside params and results is a value', { id: 1, result: { a: null } }, { id: 1, result: { a: null } }],
])('%s', (_, message, expected) => {
  expect(parse(message)).toEqual({ jsonrpc: '2.0', ...expected })
})

test.each<[string, object]>([
  ['no outcome', { id: 1 }],
  ['a response without an id', { result: {} }],
])('%s is rejected', (_, message) => {
  expect(() => parse(message)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_NOT_MCP' }))
})
