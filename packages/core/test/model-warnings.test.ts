/** Input schemas that model APIs reject: what is listed avoids them where it can, and the log names the rest once, with a fix. */
import { jsonSchema, McpServer, tool } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { JsonSchema } from '../src/protocol/types/tool-types.ts'
import { modelWarnings } from '../src/definition/model-warnings.ts'

const ignore = (): void => {}
const inputOf = (input: object | undefined): JsonSchema => tool('t', input ? { input: input as never } : {}, () => 'ok').description.inputSchema

describe('what is listed [case 24]', () => {
  test.each<[what: string, input: object | undefined, listed: object]>([
    ['no arguments', undefined, { type: 'object', properties: {} }],
    ['an empty field map', {}, { type: 'object', properties: {} }],
    ['an empty object', z.object({}), { type: 'object', properties: {} }],
    ['a record', z.record(z.string(), z.number()), { type: 'object', properties: {}, additionalProperties: { type: 'number' } }],
    ['raw JSON Schema', { type: 'object' }, { type: 'object', properties: {} }],
    ['a union', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]), { type: 'object', properties: {}, anyOf: [{}, {}] }],
  ])('%s has "properties"', (_what, input, listed) => {
    expect(inputOf(input)).toMatchObject(listed)
  })

  test('the default dialect is omitted; other dialects and raw schemas keep theirs', () => {
    expect(inputOf(z.object({ a: z.string() }))).not.toHaveProperty('$schema')
    expect(tool('t', { output: z.object({ a: z.string() }) }, () => ({ a: 'x' })).description.outputSchema).not.toHaveProperty('$schema')
    const $schema = 'https://json-schema.org/draft/2020-12/schema'
    expect(inputOf({ $schema, type: 'object' })).toHaveProperty('$schema', $schema)
  })
})

describe('warnings [case 24]', () => {
  test.each<[what: string, input: object, named: RegExp]>([
    ['a union at the root', z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]), /anyOf.*Anthropic and OpenAI.*into a field/],
    ['a union that raw JSON Schema has at the root', jsonSchema({ type: 'object', oneOf: [{ type: 'object' }] }), /oneOf/],
    ['a name with a space', { 'the name': z.string() }, /the name: .*Anthropic/],
    ['a tuple', { point: z.tuple([z.number(), z.number()]) }, /tuple.*OpenAI/],
    ['an array without items', { type: 'object', properties: { list: { type: 'array' } } }, /"items"/],
    ['a recursive field in a field map', { tree: tree() }, /\$ref.*z\.object/],
    ['a format that JSON Schema does not define', { id: z.ulid() }, /"format": "ulid"/],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' }, /draft-07.*Gemini/],
  ])('%s', (_what, input, named) => {
    const warned: unknown[][] = []
    const server = new McpServer({ name: 'x', version: '1', logger: { debug: ignore, info: ignore, error: ignore, warn: (...given: unknown[]) => void warned.push(given) } })
    server.tool('t', { input: input as never }, () => 'ok')
    expect(server.definition.tools.size).toBe(1)
    expect(warned).toEqual([[{ tool: 't' }, expect.stringMatching(/input schema of tool "t"/)]])
    expect(String(warned[0]?.[1])).toMatch(named)
  })

  test.each<[what: string, input: object]>([
    ['no arguments', {}],
    ['fields of every ordinary kind', { a: z.string(), b: z.number().optional(), c: z.boolean().default(false), d: z.enum(['x', 'y']), e: z.array(z.string()), f: z.literal('z'), g: z.string().nullable(), h: z.array(z.any()), i: z.record(z.string(), z.number()), j: z.unknown() }],
    ['ordinary formats', { a: z.email(), b: z.url(), c: z.uuid(), d: z.iso.datetime(), e: z.iso.date(), f: z.int(), g: z.ipv4() }],
    ['nested objects and unions', z.object({ a: z.object({ b: z.array(z.object({ c: z.string() })) }), d: z.union([z.string(), z.number()]), e: z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]) })],
    ['a recursive object', z.object({ tree: tree() })],
    ['named parts', z.object({ a: z.string().meta({ id: 'WarningsA' }), b: z.object({}).meta({ id: 'WarningsB' }) })],
  ])('never: %s', (_what, input) => {
    expect(modelWarnings(inputOf(input))).toEqual([])
  })
})

interface Tree {
  children: Tree[]
}

function tree(): z.ZodType<Tree> {
  const node: z.ZodType<Tree> = z.lazy(() => z.object({ children: z.array(node) }))
  return node
}
