/** Field maps: one object schema out of a schema for each field. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compileFields } from '../src/schema/field-map.ts'
import type { StandardSchema } from '../src/schema/standard-schema.ts'

const compile = (fields: Parameters<typeof compileFields>[0], direction: 'input' | 'output' = 'input') => compileFields(fields, direction, 'input of tool "t"')
const resolve = (document: unknown, ref: string): unknown =>
  ref
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((node, step) => (node as Record<string, unknown>)[step], document)

/** Every `$ref` in a schema. */
function refs(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) => (key === '$ref' && typeof value === 'string' ? [value] : refs(value)))
}

interface Tree {
  value: number
  children: Tree[]
}
const Tree: z.ZodType<Tree> = z.lazy(() => z.object({ value: z.number(), children: z.array(Tree) }))

describe('as JSON Schema', () => {
  test('a field is required unless it can be undefined', () => {
    const { json } = compile({ a: z.string(), b: z.string().optional(), c: z.string().default('x'), d: z.string().nullable(), e: z.unknown() })
    expect(json).toMatchObject({ type: 'object', properties: { a: { type: 'string' }, c: { type: 'string', default: 'x' } }, required: ['a', 'd'] })
  })

  test('without required fields, there is no `required`', () => {
    expect(compile({}).json).toEqual({ type: 'object', properties: {} })
    expect(compile({ a: z.string().optional() }).json).not.toHaveProperty('required')
  })

  test('the dialect is on the whole schema, not on each field', () => {
    expect(JSON.stringify(compile({ a: z.string(), b: z.object({ c: z.number() }) }).json)).not.toContain('$schema')
  })

  test("input and output are described from the client's side", () => {
    const fields = { n: z.string().transform(Number).pipe(z.number()) }
    expect(compile(fields).json).toMatchObject({ properties: { n: { type: 'string' } } })
    expect(compile(fields, 'output').json).toMatchObject({ properties: { n: { type: 'number' } } })
  })

  test.each(['tree', 'a/b', 'a~b', 'ü 1', '%41'])('the references of a recursive schema resolve in their place: under "%s"', (name) => {
    const { json } = compile({ [name]: Tree, other: z.string() })
    const found = refs(json)
    expect(found.length).toBeGreaterThan(0)
    for (const ref of found) expect(resolve(json, ref)).toMatchObject({ type: 'object', properties: { value: { type: 'number' } } })
  })

  test('a recursive schema below fields of any name is also found', () => {
    const { json } = compile({ deep: z.object({ default: Tree, examples: z.array(Tree), enum: Tree, const: z.object({ properties: Tree }) }) })
    const found = refs(json)
    expect(found.length).toBeGreaterThan(3)
    for (const ref of found) expect(resolve(json, ref)).toMatchObject({ properties: { value: { type: 'number' } } })
  })

  test('data that looks like a reference is unchanged', () => {
    const { json } = compile({ a: z.object({ x: z.literal('#/not/a/ref') }).default({ x: '#/not/a/ref' }), b: z.enum(['#/c']) })
    expect(json).toMatchObject({ properties: { a: { default: { x: '#/not/a/ref' } }, b: { enum: ['#/c'] } } })
    const data = compile({ a: z.any().meta({ default: { $ref: '#/kept' }, examples: [{ $ref: '#/kept' }] }) })
    expect(refs(data.json)).toEqual(['#/kept', '#/kept'])
  })
})

describe('as a validator', () => {
  const { validate } = compile({ a: z.string().trim(), b: z.object({ c: z.number() }).optional() })

  test('returns the values of the fields, and drops unknown ones', () => {
    expect(validate({ a: ' x ', b: { c: 1 }, more: 1 })).toEqual({ value: { a: 'x', b: { c: 1 } } })
    expect(validate({ a: 'x' })).toEqual({ value: { a: 'x' } })
  })

  test('reports the path of every issue', async () => {
    const { issues = [] } = await validate({ a: 1, b: { c: 'x' } })
    expect(issues.map(({ path }) => path)).toEqual([['a'], ['b', 'c']])
  })

  test.each([null, undefined, 'x', 1, []])('%j is not an object', async (value) => {
    expect((await validate(value)).issues).toHaveLength(1)
  })

  test('awaits asynchronous fields only', async () => {
    const slow = compile({ a: z.string(), b: z.string().refine(async (text) => text === 'ok') })
    expect(slow.validate({ a: 'x', b: 'ok' })).toBeInstanceOf(Promise)
    expect(await slow.validate({ a: 'x', b: 'ok' })).toEqual({ value: { a: 'x', b: 'ok' } })
    expect((await slow.validate({ a: 1, b: 'no' })).issues).toHaveLength(2)
    expect(slow.json.required).toEqual(['a', 'b'])
    expect(validate({ a: 'x' })).not.toBeInstanceOf(Promise)
  })

  test('reads own members only, and sets no prototype', async () => {
    const named = compile({ constructor: z.string().optional(), toString: z.any(), ['__proto__']: z.object({ x: z.number() }).optional() })
    expect(await named.validate({})).toEqual({ value: {} })
    const { value } = (await named.validate(JSON.parse('{"constructor":"c","__proto__":{"x":1}}'))) as { value: object }
    expect(Object.entries(value)).toEqual([
      ['constructor', 'c'],
      ['__proto__', { x: 1 }],
    ])
    expect(Object.keys(named.json.properties as object)).toEqual(['constructor', 'toString', '__proto__'])
  })
})

describe('a value that is not a schema is GANGWAY_E_SCHEMA, with its path', () => {
  test.each([
    ['a value', { a: 'string' as unknown as StandardSchema }, 'field "a"'],
    ['a plain JSON Schema', { a: { type: 'string' } as unknown as StandardSchema }, 'field "a"'],
    ['nothing', { a: undefined as unknown as StandardSchema }, 'field "a"'],
    ['a value that JSON does not have', { a: z.bigint() as StandardSchema }, 'field "a"'],
  ])('%s', (_, fields, where) => {
    expect(() => compile(fields)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_SCHEMA', message: expect.stringContaining(where) }))
    expect(() => compile(fields)).toThrow(/input of tool "t"/)
  })

  test('a library that cannot describe its schemas is named', () => {
    const mute: StandardSchema = { '~standard': { version: 1, vendor: 'mutelib', validate: (value) => ({ value }) } }
    expect(() => compile({ a: mute })).toThrow(/mutelib/)
  })
})

test('[case 38] a field with very many issues', async () => {
  const { validate } = compile({ list: z.array(z.number()) })
  const outcome = await validate({ list: Array.from({ length: 200_000 }, () => 'x') })
  expect(outcome).toMatchObject({ issues: { length: 200_000 } })
})
