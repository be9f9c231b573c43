/** Tuples of zod, valibot and arktype as legacy clients see them: whichever dialect a client assumes, it accepts what the library accepts. */
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type } from 'arktype'
import * as fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '@gangway/core'
import { projectResult } from '../../packages/core/src/protocol/projection.ts'
import { LEGACY_REVISIONS } from '../../packages/core/src/protocol/revisions.ts'
import { compileSchema, type Schema } from '../../packages/core/src/schema/compile-schema.ts'

type Json = Record<string, unknown>
const SEED = 20_260_728

const valibot = (schema: v.GenericSchema) => toStandardJsonSchema(schema)

/** The same shapes in each library. */
const SHAPES: readonly [shape: string, field: Schema][] = [
  ['zod: a closed tuple', z.tuple([z.string(), z.number()])],
  ['zod: all positions alike', z.tuple([z.number(), z.number()])],
  ['zod: an empty tuple', z.tuple([])],
  ['zod: an open tuple', z.tuple([z.string()], z.number())],
  ['zod: an optional position', z.tuple([z.string(), z.number().optional()])],
  ['zod: a tuple in a tuple', z.tuple([z.tuple([z.boolean(), z.null()]), z.string()])],
  ['zod: tuples in an object', z.object({ list: z.array(z.tuple([z.string(), z.number()])), record: z.record(z.string(), z.tuple([z.number()])) })],
  ['zod: a tuple in a union', z.union([z.string(), z.tuple([z.string(), z.boolean()])])],
  ['valibot: a closed tuple', valibot(v.strictTuple([v.string(), v.number()]))],
  ['valibot: an open tuple', valibot(v.tupleWithRest([v.string()], v.number()))],
  ['valibot: a tuple in an object', valibot(v.object({ pair: v.strictTuple([v.number(), v.number()]) }))],
  ['arktype: a closed tuple', type(['string', 'number'])],
  ['arktype: an open tuple', type(['string', '...', 'number[]'])],
  ['arktype: an optional position', type(['string', 'number?'])],
  ['arktype: a tuple in an object', type({ pair: ['number', 'number'] })],
]

const scalar = fc.oneof(fc.constantFrom<unknown>('a', '', 1, 2.5, true, null), fc.string(), fc.integer())
const list = fc.oneof(fc.array(scalar, { maxLength: 4 }), fc.tuple(fc.string(), fc.integer()), fc.tuple(fc.integer(), fc.integer()), fc.tuple(fc.string(), fc.boolean()), fc.tuple(fc.string()), fc.tuple(fc.tuple(fc.boolean(), fc.constant(null)), fc.string()))
const value = fc.oneof(list, scalar, fc.record({ list: fc.array(list), record: fc.dictionary(fc.string({ minLength: 1 }), list, { noNullPrototype: true }) }), fc.record({ pair: list }))

const listed = (field: Schema, revision: (typeof LEGACY_REVISIONS)[number]): Json => {
  const { description } = tool('t', { output: { field } as never }, () => ({}) as never)
  const { tools } = projectResult({ tools: [description] }, 'tools/list', revision) as { tools: [{ outputSchema: Json }] }
  return tools[0].outputSchema
}

describe.each(['2025-06-18', '2025-11-25'] as const)('%s [case 23]', (revision) => {
  test.each(SHAPES)('%s', async (_shape, field) => {
    const schema = listed(field, revision)
    const dialects = [new Ajv({ strict: false }).compile(schema), new Ajv2020({ strict: false }).compile(schema)]
    const { validate } = compileSchema(field, 'input', 'field')
    await fc.assert(
      fc.asyncProperty(value, async (candidate) => {
        const accepted = (await validate(candidate)).issues === undefined
        if (accepted) for (const check of dialects) expect([check({ field: candidate }), candidate]).toEqual([true, candidate])
      }),
      { seed: SEED, numRuns: 400 },
    )
  })

  test('a closed tuple means the same in 2020-12 as before', async () => {
    const before = compileSchema({ type: 'object', properties: { field: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false } }, required: ['field'] }, 'input', 'before')
    const check = new Ajv2020({ strict: false }).compile(listed(z.tuple([z.string(), z.number()]), revision))
    await fc.assert(
      fc.asyncProperty(list, async (field) => {
        const tooShort = field.length < 2 // zod requires both positions, the schema before did not.
        expect(check({ field })).toBe(!tooShort && (await before.validate({ field })).issues === undefined)
      }),
      { seed: SEED, numRuns: 400 },
    )
  })
})

test('a draft-07 client of any legacy revision still rejects invalid items, and tuples of another length', () => {
  for (const revision of ['2025-06-18', '2025-11-25'] as const) {
    const check = new Ajv({ strict: false }).compile(listed(z.tuple([z.string(), z.number()]), revision))
    expect([['a', 1], ['a', true], ['a'], ['a', 1, 2]].map((field) => check({ field }))).toEqual([true, false, false, false])
  }
})

test('a schema that names its dialect, and one without tuples, are listed unchanged, and modern clients get every schema unchanged', () => {
  const closed = { type: 'array', prefixItems: [{ type: 'string' }], items: false }
  const named = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { closed } }
  const data = { type: 'object', properties: { a: { const: closed }, prefixItems: { type: 'string' } } }
  for (const inputSchema of [named, data]) for (const revision of LEGACY_REVISIONS) expect(projectResult({ tools: [{ name: 't', inputSchema }] }, 'tools/list', revision)).toEqual({ tools: [{ name: 't', inputSchema }] })
  expect(tool('t', { input: { type: 'object', properties: { closed } } }, () => 'ok').description.inputSchema).toEqual({ type: 'object', properties: { closed } })
})

test('parts with identifiers are not listed twice', () => {
  const schema = { type: 'object', properties: { a: { type: 'array', prefixItems: [{ $anchor: 'x', type: 'string' }, { $ref: '#x' }], items: false } } }
  const { tools } = projectResult({ tools: [{ name: 't', inputSchema: schema }] }, 'tools/list', '2025-11-25') as { tools: [{ inputSchema: Json }] }
  expect(tools[0].inputSchema).toEqual({ type: 'object', properties: { a: { type: 'array', prefixItems: [{ $anchor: 'x', type: 'string' }, { $ref: '#x' }], maxItems: 2 } } })
})
