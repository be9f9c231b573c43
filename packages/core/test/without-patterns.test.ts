/** Schemas that somebody else wrote. */
import { expect, test } from 'vitest'
import { jsonSchema } from '../src/schema/json-schema-validator.ts'

const accepts = async (schema: Record<string, unknown>, value: unknown, runPatterns = false) => !(await jsonSchema(schema, { runPatterns })['~standard'].validate(value)).issues

test('a pattern that would take forever is not run, wherever it is', async () => {
  const evil = { type: 'string', pattern: '^(a+)+$' }
  const victim = `${'a'.repeat(40)}!`
  expect(await accepts(evil, victim)).toBe(true)
  expect(await accepts({ type: 'object', properties: { a: evil } }, { a: victim })).toBe(true)
  expect(await accepts({ type: 'object', properties: { a: { $ref: '#/$defs/evil' } }, $defs: { evil } }, { a: victim })).toBe(true)
  expect(await accepts({ type: 'object', patternProperties: { '^(a+)+$': { type: 'string' } } }, { [victim]: 1 })).toBe(true)
  expect(await accepts({ type: 'object', propertyNames: evil }, { [victim]: 1 })).toBe(true)
})

test('everything else is validated, and a property can have the name of the keyword', async () => {
  const schema = { type: 'object', properties: { pattern: { type: 'number' }, name: { type: 'string', pattern: '^x', minLength: 2 } }, required: ['pattern'], additionalProperties: false }
  expect(await accepts(schema, { pattern: 1, name: 'ab' })).toBe(true)
  expect(await accepts(schema, { pattern: 'one' })).toBe(false)
  expect(await accepts(schema, { pattern: 1, name: 'a' })).toBe(false)
  expect(await accepts(schema, { pattern: 1, other: 1 })).toBe(false)
  expect(await accepts(schema, { pattern: 1, name: 'ab' }, true)).toBe(false)
})

test.each([
  [{ not: { pattern: '^x' } }, 'y'],
  [JSON.parse('{"if":{"pattern":"^x"},"then":{"minLength":2},"else":{"minLength":1}}'), 'y'],
  [{ oneOf: [{ type: 'string', pattern: '^x' }, { type: 'string', pattern: '^y' }] }, 'y'],
  [{ not: { $ref: '#/$defs/x' }, $defs: { x: { pattern: '^x' } } }, 'y'],
  [{ type: 'object', patternProperties: { '^x-': {} }, additionalProperties: false }, { 'x-a': 1 }],
])('values that %j accepts are accepted without its patterns', async (schema, value) => {
  expect(await accepts(schema, value, true)).toBe(true)
  expect(await accepts(schema, value)).toBe(true)
})

test('the schema itself is unchanged', () => {
  const schema = { type: 'string', pattern: '^x' }
  expect(jsonSchema(schema, { runPatterns: false })['~standard'].jsonSchema?.input({ target: 'draft-2020-12' })).toEqual({ type: 'string', pattern: '^x' })
})
