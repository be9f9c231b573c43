/** The text of a result says what JSON.stringify says. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { resultJson, sharedPart } from '../../packages/core/src/methods/result-json.ts'

const SEED = 20_260_728

/** As a client reads it. */
const read = (result: object): unknown => JSON.parse(resultJson(result as Record<string, unknown>))

test('of any result', () => {
  const block = fc.oneof(fc.record({ type: fc.constantFrom('text', 'image'), text: fc.string({ unit: 'binary' }) }, { requiredKeys: ['type'] }), fc.anything())
  const members = fc.record({ content: fc.oneof(fc.array(block, { maxLength: 3 }), fc.anything()), _meta: fc.anything(), isError: fc.boolean(), structuredContent: fc.anything() }, { requiredKeys: [] })
  fc.assert(
    fc.property(fc.oneof(members, fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())), (result) => {
      const written = JSON.stringify(result) // Fails where there is something that JSON cannot carry, which no property of ours makes.
      expect(read(result)).toEqual(JSON.parse(written))
    }),
    { seed: SEED, numRuns: 2000 },
  )
})

describe('of', () => {
  const same: readonly [name: string, result: object][] = [
    ['no members', {}],
    ['undefined and functions', { content: undefined, isError: () => true, _meta: { a: undefined } }],
    ['a content that is empty, or none', { content: [] }],
    ['a block that is undefined', { content: [undefined] }],
    ['a block with more than its text', { content: [{ type: 'text', text: 'a', _meta: { b: 1 } }] }],
    ['a block with its members in another order', { content: [{ text: 'a', type: 'text' }] }],
    ['names that need quotes of their own', { 'a"b\n': 1, 'ü': 2, '': 3, $ref: 4 }],
    ['halves of characters', { content: [{ type: 'text', text: '\ud800' }] }],
    ['objects with toJSON', { content: [{ type: 'text', text: 'a', toJSON: () => 'b' }], _meta: { toJSON: () => 'c' } }],
    ['a class', { content: [new (class { type = 'text'; text = 'a' })()], _meta: new Date(0) }],
    ['a result that says itself how it is written', { toJSON: () => ({ content: [] }) }],
  ]
  test.each(same)('%s', (_, result) => expect(read(result)).toEqual(JSON.parse(JSON.stringify(result))))

  test('throws for values that JSON cannot express', () => {
    expect(() => resultJson({ structuredContent: { a: 1n } })).toThrow(TypeError)
    const circle: Record<string, unknown> = {}
    circle.self = circle
    expect(() => resultJson({ _meta: circle })).toThrow(TypeError)
  })

  test('handles a part that is the same in all results', () => {
    const source = {}
    const part = () => sharedPart(source, () => ({ name: 'suite' }))
    for (const content of [[], [{ type: 'text', text: 'a' }]]) expect(read({ content, _meta: part() })).toEqual({ content, _meta: { name: 'suite' } })
    expect(part()).toBe(part())
  })
})
