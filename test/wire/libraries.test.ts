/** Schemas of zod, valibot and arktype as fields: what is required, what is accepted, and what validators that throw do. */
import { McpServer, tool } from '@gangway/core'
import { connectInMemory } from '@gangway/core/testing'
import { toStandardJsonSchema as json } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import * as mini from 'zod/mini'

const newServer = (logged: unknown[] = []) => new McpServer({ name: 'suite', version: '1.0.0', logger: { debug: () => {}, info: () => {}, warn: () => {}, error: (details) => void logged.push(details) } })

/** A schema of another library. */
const odd = (members: object) => ({ '~standard': { version: 1, vendor: 'odd', validate: (value: unknown) => ({ value }), jsonSchema: { input: () => ({}), output: () => ({}) }, ...members } })

/** What a tool with this one field makes of arguments, and whether it lists the field as required. */
async function callWith(field: unknown, args: object) {
  const logged: unknown[] = []
  const server = newServer(logged).tool('t', { input: { field } as never }, (given: object) => JSON.stringify(given))
  await using client = await connectInMemory(server)
  const [{ inputSchema } = {}] = await client.listTools()
  const { isError, content } = (await client.callTool('t', args as never)) as { isError?: boolean; content: { text: string }[] }
  return { required: inputSchema?.required, isError, text: content[0]?.text, logged }
}

describe('a zod field is required and optional as in z.object [case 32]', () => {
  test.each<[what: string, field: z.ZodType]>([
    ['z.string()', z.string()],
    ['z.string().optional()', z.string().optional()],
    ['z.coerce.string()', z.coerce.string()],
    ['z.coerce.boolean()', z.coerce.boolean()],
    ['z.coerce.string().optional()', z.coerce.string().optional()],
    ['z.string().default()', z.string().default('x')],
    ['z.string().default() with an asynchronous check', z.string().default('x').refine(async (text) => text !== 'no')],
    ['z.string().optional() with an asynchronous check', z.string().optional().refine(async () => true)],
    ['z.string() with an asynchronous check', z.string().refine(async () => true)],
    ['z.coerce.string() with an asynchronous check', z.coerce.string().refine(async () => true)],
    ['z.string().prefault()', z.string().prefault('x')],
    ['z.exactOptional()', z.exactOptional(z.string())],
    ['z.string().optional().transform()', z.string().optional().transform((text) => text ?? 'none')],
    ['z.string().nullish()', z.string().nullish()],
    ['z.string().catch()', z.string().catch('x')],
    ['z.preprocess()', z.preprocess((text) => text ?? 'x', z.string())],
    ['z.string().optional() with an asynchronous transformation', z.string().optional().transform(async (text) => text ?? 'none')],
    ['z.any().transform(String)', z.any().transform(String)],
    ['z.lazy()', z.lazy(() => z.string().optional())],
  ])('%s', async (_what, field) => {
    const whole = z.object({ field })
    const { required, text, isError } = await callWith(field, {})
    const parsed = await whole.safeParseAsync({})
    expect(required).toEqual(z.toJSONSchema(whole, { io: 'input' }).required)
    expect(isError ?? false).toBe(!parsed.success)
    if (parsed.success) expect(JSON.parse(text ?? '')).toEqual(parsed.data)
  })

  test('a field with a default is required in an output, because it always has a value', () => {
    const { description } = tool('t', { output: { a: z.string().default('x'), b: z.string().optional(), c: z.string().default('y').refine(async () => true) } }, () => ({}))
    expect(description.outputSchema?.required).toEqual(['a', 'c'])
  })
})

test.each<[what: string, field: unknown, required: boolean, text: string]>([
  ['a default', json(v.optional(v.string(), 'x')), false, '{"field":"x"}'],
  ['no default', json(v.optional(v.string())), false, '{}'],
  ['a transformation of an optional field', json(v.pipe(v.optional(v.string()), v.transform((text) => text ?? 'none'))), false, '{"field":"none"}'],
  ['a transformation of anything', json(v.pipe(v.any(), v.transform(String))), true, 'field: Required'],
])('a valibot field with %s [case 32]', async (_what, field, required, text) => {
  const result = await callWith(field, {})
  expect(result.required).toEqual(required ? ['field'] : undefined)
  expect(result.text).toContain(text)
})

describe('a validator that throws [case 31]', () => {
  test.each<[what: string, field: unknown, args: object, message: RegExp]>([
    ['valibot, for a missing field', json(v.pipe(v.any(), v.transform((text: string) => text.trim()))), {}, /trim/],
    ['valibot', json(v.pipe(v.any(), v.transform((text: string) => text.trim()))), { field: 1 }, /trim/],
    ['an arktype morph, for a missing field', type('unknown').pipe((text) => (text as string).trim()), {}, /trim/],
    ['an arktype morph', type('unknown').pipe((text) => (text as string).trim()), { field: 1 }, /trim/],
    ['z.preprocess(JSON.parse)', z.preprocess((text) => JSON.parse(text as string) as unknown, z.object({ a: z.number() })), { field: '{' }, /JSON/],
    ['z.preprocess(JSON.parse), for a missing field', z.preprocess((text) => JSON.parse(text as string) as unknown, z.object({ a: z.number() })), {}, /JSON/],
    ['a promise that rejects', odd({ validate: () => Promise.reject(new Error('No answer from the registry')) }), { field: 'x' }, /No answer/],
    ['a value that is not an error', z.string().transform(() => {
      throw 'nothing but text' // oxlint-disable-line no-throw-literal
    }), { field: 'x' }, /nothing but text/],
  ])('%s: registration works, and the arguments are invalid', async (_what, field, args, message) => {
    const { required, isError, text, logged } = await callWith(field, args)
    expect([required, isError, logged]).toEqual([['field'], true, []])
    expect(text).toMatch(/tool t.*field: /)
    expect(text).toMatch(message)
  })

  test('a whole schema that throws behaves the same', async () => {
    const server = newServer().tool('t', { input: z.object({ a: z.string() }).transform(({ a }) => JSON.parse(a) as object) }, () => 'ok')
    await using client = await connectInMemory(server)
    expect(await client.callTool('t', { a: '{' })).toMatchObject({ isError: true, content: [{ text: expect.stringMatching(/tool t: .*JSON/) }] })
  })

  test('an argument of a prompt: −32602', async () => {
    const server = newServer().prompt('p', { args: { a: z.string().transform((text) => JSON.parse(text) as string) } }, () => 'ok')
    await using client = await connectInMemory(server)
    await expect(client.getPrompt('p', { a: '{' })).rejects.toMatchObject({ code: -32602, message: expect.stringMatching(/prompt p: a: .*JSON/) })
  })

  test('a schema that cannot be described is rejected, with the tool and the field', () => {
    for (const field of [odd({ jsonSchema: { output: () => undefined } }), odd({ jsonSchema: {} }), z.bigint()]) {
      expect(() => newServer().tool('t', { output: { field } as never }, () => ({}) as never)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_SCHEMA', message: expect.stringContaining('output of tool "t", field "field"') }))
    }
  })
})

describe('schemas without JSON Schema: the error explains how to get it [case 36] [case 57]', () => {
  test.each<[what: string, field: unknown, hint: RegExp]>([
    ['zod/mini', mini.string(), /zod\/mini.*z\.toJSONSchema\(schema\)/],
    ['valibot', v.string(), /toStandardJsonSchema\(\) from '@valibot\/to-json-schema'/],
    ['Effect', odd({ vendor: 'effect', jsonSchema: undefined }), /Schema\.toStandardJSONSchemaV1\(Schema\.toStandardSchemaV1\(schema\)\)/],
    ['any other', odd({ jsonSchema: undefined }), /https:\/\/standardschema\.dev\/json-schema/],
  ])('%s', (_what, field, hint) => {
    for (const input of [{ field }, field]) expect(() => newServer().tool('t', { input: input as never }, () => 'ok')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_SCHEMA', message: expect.stringMatching(hint) }))
  })

  test('the fix in the error works for zod/mini', async () => {
    const field = mini.optional(mini.string().check(mini.minLength(2)))
    expect(await callWith(mini.toJSONSchema(field), {})).toMatchObject({ required: undefined, text: '{}' })
    expect(await callWith(mini.toJSONSchema(field), { field: 'x' })).toMatchObject({ isError: true })
    const server = newServer().tool('t', { input: mini.toJSONSchema(mini.object({ a: mini.string() })) as never }, (args: object) => JSON.stringify(args))
    await using client = await connectInMemory(server)
    expect(await client.callTool('t', { a: 'x' } as never)).toMatchObject({ content: [{ text: '{"a":"x"}' }] })
    expect(await client.callTool('t', { a: 1 } as never)).toMatchObject({ isError: true })
  })
})
