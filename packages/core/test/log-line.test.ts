/** The lines of the default logger, whatever was thrown. */
import { afterEach, describe, expect, test } from 'vitest'
import { showCode } from '../src/logging/code-frame.ts'
import { jsonLine, prettyLine } from '../src/logging/log-line.ts'
import { loggable } from '../src/logging/thrown-value.ts'

const json = (err: unknown) => JSON.parse(jsonLine('error', { tool: 'pay', err }, 'A tool failed')) as { err: Record<string, unknown>; frame?: string }
const pretty = (err: unknown) => prettyLine('error', { tool: 'pay', err }, 'A tool failed').map(String).join(' ')

afterEach(() => showCode(() => undefined))

test('an error has its type, message, stack, code and causes, and no members that may contain secrets', () => {
  const cause = Object.assign(new RangeError('inner'), { code: 'ECONNREFUSED', request: { headers: { authorization: 'Bearer planted' } } })
  const line = json(new TypeError('outer', { cause }))
  expect(line).toMatchObject({ level: 'error', message: 'A tool failed', tool: 'pay', err: { type: 'TypeError', message: 'outer', stack: expect.stringContaining('log-line.test.ts'), cause: { type: 'RangeError', message: 'inner', code: 'ECONNREFUSED' } } })
  expect(JSON.stringify(line)).not.toContain('planted')
})

test('a pretty line has the stack below the message, with the causes', () => {
  const text = pretty(new TypeError('outer', { cause: new RangeError('inner') }))
  expect(text).toMatch(/^error A tool failed .*\n/)
  expect(text).toMatch(/^TypeError: outer\n {4}at .*log-line\.test\.ts/m)
  expect(text).toMatch(/^caused by RangeError: inner\n {4}at /m)
})

test('control characters are escaped', () => {
  expect(pretty(new Error('\u001B[2Jgone'))).toContain('\\u001b[2Jgone')
})

test('the code around the error is shown if a command reads it', () => {
  showCode((error) => `code of ${error.message}`)
  expect(json(new Error('x')).frame).toBe('code of x')
  expect(pretty(new Error('x'))).toMatch(/\n\ncode of x$/)
  showCode(() => {
    throw new Error('no file')
  })
  expect(json(new Error('x'))).not.toHaveProperty('frame')
})

const cyclic = new Error('round', {})
cyclic.cause = cyclic
const hostile = new Proxy({}, { get: () => { throw new Error('get') }, has: () => { throw new Error('has') }, getPrototypeOf: () => { throw new Error('prototype') }, ownKeys: () => { throw new Error('keys') } })

describe.each([
  ['undefined', undefined],
  ['a string', 'text'],
  ['a bigint', 42n],
  ['a symbol', Symbol('odd')],
  ['a function', () => 1],
  ['an error that is its own cause', cyclic],
  ['an error with a getter that throws', Object.defineProperty(new Error('x'), 'message', { get: () => { throw new Error('getter') } })],
  ['an object that throws', hostile],
  ['an error of megabytes', new Error('x'.repeat(5e6))],
  ['many errors', new AggregateError(Array.from({ length: 1000 }, (_, n) => new Error(`number ${n}`)), 'all')],
])('%s', (_, thrown) => {
  test('a line has a bounded length, and states what it is', () => {
    const err = loggable(thrown)
    expect(JSON.parse(jsonLine('error', { err }, 'x'))).toHaveProperty('err')
    for (const text of [jsonLine('error', { err }, 'x'), prettyLine('error', { err }, 'x').map(String).join(' ')]) expect(text.length).toBeLessThan(150_000)
  })
})
