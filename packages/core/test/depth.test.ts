/** How deep a value may be nested, measured without being nested oneself. */
import { describe, expect, test } from 'vitest'
import { isDeeperThan, MAX_DEPTH } from '../src/jsonrpc/depth.ts'
import { parseJson } from '../src/jsonrpc/message.ts'

/** A word inside so many of them, one in another. */
const arrays = (levels: number): string => `${'['.repeat(levels)}"x"${']'.repeat(levels)}`
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}"x"${'}'.repeat(levels)}`

describe.each([
  ['arrays', arrays],
  ['objects', objects],
  ['both', (levels: number) => Array.from({ length: levels }).reduce<string>((inner, _, index) => (index % 2 ? `[${inner}]` : `{"a":${inner}}`), '"x"')],
])('%s', (_what, nest) => {
  test.each([1, 2, 10, MAX_DEPTH - 1, MAX_DEPTH])('%i levels are no more than they are', (levels) => {
    const value = JSON.parse(nest(levels))
    expect(isDeeperThan(value, levels)).toBe(false)
    expect(isDeeperThan(value, levels - 1)).toBe(true)
  })

  test('are measured where they are deepest', () => {
    const value = JSON.parse(`[1,${nest(3)},[],{"b":${nest(5)}},null]`)
    expect(isDeeperThan(value, 7)).toBe(false)
    expect(isDeeperThan(value, 6)).toBe(true)
  })

  test('may be as deep in a message as the limit says, and not deeper', () => {
    expect(parseJson(nest(MAX_DEPTH))).toEqual(JSON.parse(nest(MAX_DEPTH)))
    expect(() => parseJson(nest(MAX_DEPTH + 1))).toThrow(expect.objectContaining({ code: -32600, message: `The message is nested deeper than ${MAX_DEPTH} levels` }))
  })

  test('of which there are a hundred thousand are refused, and not a crash', () => {
    expect(isDeeperThan(JSON.parse(nest(100_000)), MAX_DEPTH)).toBe(true)
    expect(() => parseJson(nest(100_000))).toThrow(expect.objectContaining({ code: -32600 }))
  })
})

test('empty ones count as well', () => {
  expect([isDeeperThan([], 0), isDeeperThan([], 1), isDeeperThan({}, 0), isDeeperThan({}, 1)]).toEqual([true, false, true, false])
})

test.each([null, undefined, 0, '', 'x'.repeat(1000), true])('%j has no depth', (value) => {
  expect(isDeeperThan(value, 0)).toBe(false)
})

test('a value that is wide is not deep', () => {
  expect(isDeeperThan(Array.from({ length: 300_000 }, () => [1]), 2)).toBe(false)
  expect(isDeeperThan(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, {}])), 2)).toBe(false)
})

test('brackets inside of text are text', () => {
  const text = '['.repeat(1000)
  expect(parseJson(JSON.stringify({ text }))).toEqual({ text })
})

test('a message that is too deep is answered under its id', () => {
  const text = `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":${arrays(100_000)}}}`
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ id: 7, answerable: true }))
})
