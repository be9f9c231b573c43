/** How deep a value may be nested, measured without being nested oneself. */
import { describe, expect, test } from 'vitest'
import { isDeeperThan, isTextDeeperThan, MAX_DEPTH } from '../src/util/json-size.ts'
import { parseJson } from '../src/jsonrpc/message.ts'

/** A word inside so many of them, one in another. */
const arrays = (levels: number): string => `${'['.repeat(levels)}"x"${']'.repeat(levels)}`
const objects = (levels: number): string => `${'{"a":'.repeat(levels)}"x"${'}'.repeat(levels)}`

describe.each([
  ['arrays', arrays],
  ['objects', objects],
  ['both', (levels: number) => Array.from({ length: levels }).reduce<string>((inner, _, index) => (index % 2 ? `[${inner}]` : `{"a":${inner}}`), '"x"')],
])('%s', (_what, nest) => {
  test.each([1, 2, 10, MAX_DEPTH - 1, MAX_DEPTH])('%i levels are measured exactly', (levels) => {
    const value = JSON.parse(nest(levels))
    expect(isDeeperThan(value, levels)).toBe(false)
    expect(isDeeperThan(value, levels - 1)).toBe(true)
  })

  test('is measured at the deepest place', () => {
    const value = JSON.parse(`[1,${nest(3)},[],{"b":${nest(5)}},null]`)
    expect(isDeeperThan(value, 7)).toBe(false)
    expect(isDeeperThan(value, 6)).toBe(true)
  })

  test('of a message can reach the limit, and not exceed it', () => {
    expect(parseJson(nest(MAX_DEPTH))).toEqual(JSON.parse(nest(MAX_DEPTH)))
    expect(() => parseJson(nest(MAX_DEPTH + 1))).toThrow(expect.objectContaining({ code: -32600, message: `The message is nested deeper than ${MAX_DEPTH} levels` }))
  })

  test('of a hundred thousand levels is rejected without a crash', () => {
    expect(isDeeperThan(JSON.parse(nest(100_000)), MAX_DEPTH)).toBe(true)
    expect(() => parseJson(nest(100_000))).toThrow(expect.objectContaining({ code: -32600 }))
  })
})

test('counts empty objects and arrays', () => {
  expect([isDeeperThan([], 0), isDeeperThan([], 1), isDeeperThan({}, 0), isDeeperThan({}, 1)]).toEqual([true, false, true, false])
})

test.each([null, undefined, 0, '', 'x'.repeat(1000), true])('%j has no depth', (value) => {
  expect(isDeeperThan(value, 0)).toBe(false)
})

test('does not depend on the width of a value', () => {
  expect(isDeeperThan(Array.from({ length: 300_000 }, () => [1]), 2)).toBe(false)
  expect(isDeeperThan(Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, {}])), 2)).toBe(false)
})

test('ignores brackets in strings', () => {
  const text = '['.repeat(1000)
  expect(parseJson(JSON.stringify({ text }))).toEqual({ text })
})

test('beyond the limit gets an error with the id of the message', () => {
  const text = `{"jsonrpc":"2.0","id":7,"method":"ping","params":{"a":${arrays(100_000)}}}`
  expect(() => parseJson(text)).toThrow(expect.objectContaining({ id: 7, answerable: true }))
})

test.each([1, 2, 5, MAX_DEPTH])('%i levels of text have the depth of the value', (levels) => {
  for (const nest of [arrays, objects]) {
    for (const text of [nest(levels), `[${nest(levels - 1)},${nest(levels - 1)}]`]) expect([isTextDeeperThan(text, levels), isTextDeeperThan(text, levels - 1)]).toEqual([false, true])
  }
})

test.each([
  ['brackets', '[[[{{{'],
  ['an escaped quote before brackets', 'a"[[[['],
  ['a backslash at the end', '[[[\\'],
  ['two backslashes and a quote', '\\\\"[[[['],
  ['characters that need two units', '[[[😀[[['],
])('%s in a string is not a level', (_what, word) => {
  const value = { [word]: [word, { [word]: word }] }
  expect([isTextDeeperThan(JSON.stringify(value), 3), isTextDeeperThan(JSON.stringify(value), 2)]).toEqual([false, true])
})

test('siblings add no levels', () => {
  expect([isTextDeeperThan('[[],[],{},{}]', 2), isTextDeeperThan('[[],[],{},{}]', 1)]).toEqual([false, true])
})
