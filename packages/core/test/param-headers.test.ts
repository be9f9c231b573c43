/** Which arguments a header may repeat. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { paramHeadersOf } from '../src/definition/param-headers.ts'
import { jsonSchema } from '../src/schema/json-schema-validator.ts'
import { tool } from '../src/definition/tool.ts'

type Json = Record<string, unknown>

const region: Json = { type: 'string', 'x-mcp-header': 'Region' }
const object = (properties: Json, more: Json = {}): Json => ({ type: 'object', properties, ...more })

/** As a server's author meets it. */
const register = (schema: Json) => tool('t', { input: jsonSchema(schema) }, () => 'ok')

test('properties can have it, also in nested objects [C92]', () => {
  const schema = object({ region, limits: object({ max: { type: 'integer', 'x-mcp-header': 'Max-Items' }, deep: object({ dry: { type: 'boolean', 'x-mcp-header': 'dry' } }) }), other: { type: 'number' } })
  expect(register(schema).paramHeaders).toEqual([
    { header: 'mcp-param-region', path: ['region'] },
    { header: 'mcp-param-max-items', path: ['limits', 'max'] },
    { header: 'mcp-param-dry', path: ['limits', 'deep', 'dry'] },
  ])
})

test('schemas of a library and field maps can have it', () => {
  const field = z.string().optional().meta({ 'x-mcp-header': 'Region' })
  const expected = [{ header: 'mcp-param-region', path: ['region'] }]
  expect(tool('t', { input: { region: field } }, () => 'ok').paramHeaders).toEqual(expected)
  expect(tool('t', { input: z.object({ region: field }) }, () => 'ok').paramHeaders).toEqual(expected)
})

test('a schema without it has none', () => {
  expect(paramHeadersOf({ type: 'object' }, 't')).toEqual([])
  expect(paramHeadersOf(object({ a: true, b: { type: 'string' } }), 't')).toEqual([])
})

test('an argument can have the name of the keyword, and data can look like it', () => {
  expect(register(object({ 'x-mcp-header': { type: 'string' } })).paramHeaders).toEqual([])
  expect(register(object({ a: { type: 'object', default: { 'x-mcp-header': 'A' }, examples: [{ 'x-mcp-header': 'A' }] } })).paramHeaders).toEqual([])
  expect(register(object({ 'x-mcp-header': region })).paramHeaders).toEqual([{ header: 'mcp-param-region', path: ['x-mcp-header'] }])
})

test('arguments can have names of object members', () => {
  const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string","x-mcp-header":"Proto"},"constructor":{"type":"string","x-mcp-header":"Made"}}}')
  expect(register(schema).paramHeaders.map(({ path }) => path)).toEqual([['__proto__'], ['constructor']])
})

test.each("!#$%&'*+-.^_`|~09azAZ".split(''))('a header name can have "%s"', (char) => {
  expect(register(object({ a: { type: 'string', 'x-mcp-header': `x${char}` } })).paramHeaders).toHaveLength(1)
})

describe('is GANGWAY_E_PARAM_HEADER, which names the tool, [C92]', () => {
  const refusal = (schema: Json): unknown => {
    try {
      register(schema)
    } catch (error) {
      return error
    }
    return undefined
  }
  const refused = expect.objectContaining({ code: 'GANGWAY_E_PARAM_HEADER', message: expect.stringContaining('tool "t"') })

  test.each<[where: string, schema: Json]>([
    ['items', object({ list: { type: 'array', items: region } })],
    ['items of items', object({ list: { type: 'array', items: { type: 'array', items: object({ region }) } } })],
    ['prefixItems', object({ list: { type: 'array', prefixItems: [region] } })],
    ['$defs', object({ region: { $ref: '#/$defs/region' } }, { $defs: { region } })],
    ['definitions', object({}, { definitions: { region } })],
    ['allOf', object({}, { allOf: [object({ region })] })],
    ['anyOf', object({}, { anyOf: [object({ region })] })],
    ['oneOf', object({}, { oneOf: [object({ region })] })],
    ['anyOf of a property', object({ region: { anyOf: [region, { type: 'null' }] } })],
    ['not', object({}, { not: object({ region }) })],
    // oxlint-disable-next-line unicorn/no-thenable
    ['then', object({}, { if: {}, then: object({ region }) })],
    ['else', object({}, { if: {}, else: object({ region }) })],
    ['dependentSchemas', object({}, { dependentSchemas: { a: object({ region }) } })],
    ['patternProperties', object({}, { patternProperties: { '^r': region } })],
    ['additionalProperties', object({}, { additionalProperties: region })],
    ['the root', object({}, { 'x-mcp-header': 'Root' })],
    ['items, and in properties as well, in one and the same object', object({ region, list: { type: 'array', items: region } })],
  ])('in %s', (_where, schema) => {
    expect(refusal(schema)).toEqual(refused)
  })

  test.each<[type: unknown]>([['number'], ['object'], ['array'], ['null'], [undefined], [['string', 'null']], [['string']], ['String']])('on the type %j', (type) => {
    expect(refusal(object({ a: { type, 'x-mcp-header': 'A' } }))).toEqual(refused)
  })

  test.each<[name: unknown]>([[''], [' '], ['a b'], ['a:b'], ['a\n'], ['\r'], ['é'], ['a,b'], ['a/b'], ['"a"'], ['(a)'], ['a\0'], ['a\u007F'], [1], [true], [null], [['a']], [{}]])('with the value %j', (name) => {
    expect(refusal(object({ a: { type: 'string', 'x-mcp-header': name } }))).toEqual(refused)
  })

  test('if two differ only in case', () => {
    const schema = object({ a: { type: 'string', 'x-mcp-header': 'Region' }, b: object({ c: { type: 'integer', 'x-mcp-header': 'rEGION' } }) })
    expect(refusal(schema)).toEqual(refused)
  })
})
