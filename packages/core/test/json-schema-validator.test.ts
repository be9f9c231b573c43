/** Raw JSON Schema: what is accepted, how it validates, and that it neither fetches nor hangs. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { Connection } from '../src/engine/duplex-connection.ts'
import { encodeMessage } from '../src/engine/encode-message.ts'
import { isGangwayError } from '../src/gangway-error.ts'
import { jsonSchema, loadValidator, type RawJsonSchema } from '../src/schema/json-schema-validator.ts'
import { findDuplicates } from '../src/schema/unique-items.ts'
import { compileSchema, explain } from '../src/schema/compile-schema.ts'
import { McpServer } from '../src/mcp-server.ts'
import { tool } from '../src/definition/tool.ts'

type Json = Record<string, unknown>

vi.setConfig({ testTimeout: 60_000 }) // What is bounded may still take its time on a machine that is busy.

const ignore = (): void => {}
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** What a client is told to be wrong with the value; undefined if nothing is. */
async function faults(schema: Json, value: unknown): Promise<string | undefined> {
  const outcome = await jsonSchema(schema)['~standard'].validate(value)
  return outcome.issues && explain(outcome)
}

const refusal = (schema: Json): unknown => {
  try {
    jsonSchema(schema)
  } catch (error) {
    return error
  }
  return undefined
}
const refused = (text: string): unknown => expect.objectContaining({ code: 'GANGWAY_E_SCHEMA', message: expect.stringContaining(text) })

/** Speaks 2025-11-25 with the server. */
async function open(server: McpServer) {
  const answers = new Map<unknown, Json>()
  const connection = new Connection(server, (outgoing) => {
    const answer = JSON.parse(encodeMessage(server, outgoing))
    answers.set(answer.id, answer)
  })
  closing.push(() => connection.close())
  let sequence = 0
  const request = async (method: string, params: Json = {}): Promise<Json> => {
    const id = ++sequence
    connection.receive(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    await connection.drain()
    return answers.get(id) ?? {}
  }
  await request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } })
  connection.receive('{"jsonrpc":"2.0","method":"notifications/initialized"}')
  return { request, call: (name: string, args: unknown = {}) => request('tools/call', { name, arguments: args }) }
}

/** An object of 371 members, which differs from others in the last. */
const large = (last: unknown) => ({ ...Object.fromEntries(Array.from({ length: 370 }, (_, index) => [`k${index}`, index])), last })

const newServer = (errors: unknown[] = []) => new McpServer({ name: 'suite', version: '1.0.0', logger: { debug: ignore, info: ignore, warn: ignore, error: (data) => void errors.push(data) } })

const WHOLE = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { city: { type: 'string' } } } },
  properties: { name: { type: 'string' }, contact: { enum: ['phone', 'email'] }, home: { $ref: '#/$defs/address' }, work: { $ref: '#addressDef' }, phone: { type: 'string' } },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['name'] }] }],
  if: { properties: { contact: { const: 'phone' } }, required: ['contact'] },
  // oxlint-disable-next-line unicorn/no-thenable
  then: { required: ['phone'] },
  else: { required: ['name'] },
  unevaluatedProperties: false,
  'x-own': { any: ['thing', null, 1] },
} satisfies RawJsonSchema

describe('as listed', () => {
  test('is the written schema, in either form [C89]', async () => {
    const before = structuredClone(WHOLE)
    const server = newServer()
      .tool('plain', { input: WHOLE, output: WHOLE }, () => ({}))
      .tool('wrapped', { input: jsonSchema(WHOLE), output: jsonSchema(WHOLE) }, () => ({ name: 'x' }))
    const { request, call } = await open(server)
    await call('wrapped', { name: 'x' })
    const { tools } = (await request('tools/list')).result as { tools: Json[] }
    for (const { inputSchema, outputSchema } of tools) expect([inputSchema, outputSchema]).toEqual([before, before])
    expect(WHOLE).toEqual(before)
    expect(Object.getOwnPropertyNames(WHOLE)).toEqual(Object.getOwnPropertyNames(before))
  })

  test('can be frozen', async () => {
    const schema = Object.freeze({ type: 'object', properties: Object.freeze({ a: Object.freeze({ type: 'string' }) }) })
    expect(await faults(schema, { a: 'x' })).toBeUndefined()
    expect(await faults(schema, { a: 1 })).toContain('a: ')
  })
})

describe('validates', () => {
  const node: Json = { type: 'object', required: ['value'], properties: { value: { type: 'number' }, next: { $ref: '#' } }, additionalProperties: false }
  const withDefs: Json = { type: 'object', properties: { a: { $ref: '#/$defs/a' }, b: { $ref: '#b' }, 'c/d~e %': { type: 'string' }, f: { $ref: '#/properties/c~1d~0e%20%25' } }, $defs: { a: { type: 'string', minLength: 2 }, b: { $anchor: 'b', type: 'integer' } } }
  const closed: Json = { type: 'object', allOf: [{ properties: { a: { type: 'string' } } }], properties: { b: true }, unevaluatedProperties: false }

  test.each<[what: string, schema: Json, value: unknown, faults: string | undefined]>([
    ['nothing', {}, { any: [1] }, undefined],
    ['$defs', withDefs, { a: 'xy', b: 1 }, undefined],
    ['$defs', withDefs, { a: 'x' }, 'a: String is too short (1 < 2)'],
    ['$anchor', withDefs, { b: 1.5 }, 'b: Instance type "number" is invalid. Expected "integer"'],
    ['escaped pointers', withDefs, { f: 1 }, 'f: Instance type "number" is invalid. Expected "string"'],
    ['escaped names', withDefs, { 'c/d~e %': 1 }, 'c/d~e %: Instance type "number" is invalid. Expected "string"'],
    ['recursion', node, { value: 1, next: { value: 2, next: { value: 3 } } }, undefined],
    ['recursion', node, { value: 1, next: { value: 2, next: {} } }, 'next.next: Instance does not have required property "value"'],
    ['recursion', node, { value: 1, next: { value: 2, x: 1 } }, 'next.x: Not allowed'],
    ['if and then', WHOLE, { contact: 'phone', phone: '1', name: 'x' }, undefined],
    ['if and then', WHOLE, { contact: 'phone', name: 'x' }, 'Instance does not have required property "phone"'],
    ['if and else', WHOLE, { contact: 'email', phone: '1' }, 'Instance does not have required property "name"'],
    ['unevaluatedProperties', closed, { a: 'x', b: 1 }, undefined],
    ['unevaluatedProperties', closed, { a: 'x', c: 1 }, 'c: Not allowed'],
    ['prefixItems', { prefixItems: [{ type: 'string' }], items: false }, ['x'], undefined],
    ['prefixItems', { prefixItems: [{ type: 'string' }], items: false }, ['x', 1], '1: Not allowed'],
    ['items', { type: 'array', items: { type: 'object', properties: { a: { type: 'array', items: { type: 'number' } } } } }, [{ a: [1] }, { a: [1, 'x'] }], '1.a.1: Instance type "string" is invalid. Expected "number"'],
    ['unevaluatedItems', { prefixItems: [true], unevaluatedItems: false }, [1, 2], '1: Not allowed'],
    ['dependentSchemas', { dependentSchemas: { a: { required: ['b'] } } }, { a: 1 }, 'Instance does not have required property "b"'],
    ['dependentRequired', { dependentRequired: { a: ['b'] } }, { a: 1 }, 'Instance has "a" but does not have "b"'],
    ['patternProperties', { patternProperties: { '^x': { type: 'number' } } }, { xa: '1' }, 'xa: Instance type "string" is invalid. Expected "number"'],
    ['false', { type: 'object', properties: { a: false } }, { a: 1 }, 'a: Not allowed'],
    ['not', { not: { type: 'string' } }, 'x', 'Instance matched "not" schema'],
    ['formats', { format: 'email' }, 'nobody', 'String does not match format "email"'],
    ['the type of null', { type: 'null' }, null, undefined],
    ['several types', { type: ['string', 'null'] }, 1, 'Instance type "number" is invalid. Expected "string", "null"'],
    ['const', { const: { a: [1] } }, { a: [1] }, undefined],
    ['const', { const: { a: [1] } }, { a: [2] }, 'Instance does not match {"a":[1]}'],
    ['enum', { enum: [1, { a: 1 }] }, { a: 1 }, undefined],
    ['42.0 as an integer', { type: 'integer' }, JSON.parse('42.0'), undefined],
  ])('with %s: %j and %j return %j', async (_what, schema, value, expected) => {
    expect(await faults(schema, value)).toBe(expected)
  })

  test('arguments with names of object members [C88]', async () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{"type":"number"}},"additionalProperties":false}')
    expect(await faults(schema, {})).toBeUndefined()
    expect(await faults(schema, JSON.parse('{"__proto__":"x","constructor":"y","toString":1}'))).toBeUndefined()
    expect(await faults(schema, JSON.parse('{"__proto__":1}'))).toContain('__proto__: ')
    expect(await faults(schema, JSON.parse('{"constructor":1}'))).toContain('constructor: ')
    expect(await faults(schema, JSON.parse('{"hasOwnProperty":1}'))).toBe('hasOwnProperty: Not allowed')
    expect(await faults({ type: 'object', required: ['constructor'] }, {})).toContain('"constructor"')
  })

  test('names that are not valid Unicode are rejected without a crash', async () => {
    const value = JSON.parse('{"\\ud800":1}')
    expect(await faults({ type: 'object', additionalProperties: { type: 'string' } }, value)).toBe('A property name is not Unicode text')
    expect(await faults({ type: 'object' }, value)).toBeUndefined()
  })

  test('the JSON that is sent, not the value in memory', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' }, at: { type: 'string' } }, additionalProperties: false }
    expect(await jsonSchema(schema)['~standard'].validate({ a: undefined, at: new Date(0) })).toEqual({ value: { at: '1970-01-01T00:00:00.000Z' } })
  })

  const cycle: Json = {}
  cycle.self = cycle
  test.each<[what: string, value: unknown]>([['nothing', undefined], ['a function', ignore], ['a big integer', 1n], ['a circle', cycle], ['a symbol', Symbol('x')]])('not %s, which JSON cannot express', async (_what, value) => {
    expect(await faults({}, value)).toBe('Expected a value that JSON can express')
  })
})

describe.each([
  ['https://json-schema.org/draft/2020-12/schema', { prefixItems: [{ type: 'string' }], items: { type: 'number' } }],
  ['https://json-schema.org/draft/2019-09/schema', { items: [{ type: 'string' }], additionalItems: { type: 'number' } }],
  ['http://json-schema.org/draft-07/schema#', { items: [{ type: 'string' }], additionalItems: { type: 'number' } }],
  ['http://json-schema.org/draft-07/schema', { items: [{ type: 'string' }], additionalItems: { type: 'number' } }],
  ['http://json-schema.org/draft-04/schema#', { items: [{ type: 'string' }], additionalItems: { type: 'number' } }],
])('the dialect %s', ($schema, list) => {
  test('is applied [C89]', async () => {
    const schema = { $schema, type: 'array', ...list }
    expect(await faults(schema, ['x', 1, 2])).toBeUndefined()
    expect(await faults(schema, ['x', 1, 'y'])).toBe('2: Instance type "string" is invalid. Expected "number"')
    expect(await faults(schema, [1])).toBe('0: Instance type "number" is invalid. Expected "string"')
  })

  test('supports references', async () => {
    const schema = { $schema, type: 'object', properties: { a: { $ref: '#/definitions/a' } }, definitions: { a: { type: 'string' } } }
    expect(await faults(schema, { a: 'x' })).toBeUndefined()
    expect(await faults(schema, { a: 1 })).toContain('a: ')
  })
})

const bound = (version: string) => ({ $schema: `http://json-schema.org/draft-${version}/schema#`, minimum: 1, ...(version === '04' ? { exclusiveMinimum: true } : { exclusiveMinimum: 1 }) })

test("applies each draft's meaning of a keyword", async () => {
  for (const version of ['04', '07']) expect([await faults(bound(version), 1) !== undefined, await faults(bound(version), 2)]).toEqual([true, undefined])
  const siblings = { properties: { a: { $ref: '#/definitions/a', type: 'number' } }, definitions: { a: { type: 'string' } } }
  expect(await faults({ $schema: 'http://json-schema.org/draft-07/schema#', ...siblings }, { a: 'x' })).toBeUndefined()
  expect(await faults(siblings, { a: 'x' })).toContain('a: ')
  expect(await faults({ $schema: 'https://json-schema.org/draft/2019-09/schema', $recursiveAnchor: true, type: 'object', properties: { a: { $recursiveRef: '#' } } }, { a: { a: 1 } })).toContain('a.a: ')
})

describe('references', () => {
  test.each<[what: string, schema: Json]>([
    ['the root', { $ref: '#' }],
    ['an anchor', { $ref: '#a', $defs: { a: { $anchor: 'a' } } }],
    ['an embedded document', { $ref: 'https://example.com/a', $defs: { a: { $id: 'https://example.com/a' } } }],
    ['the document by its own name', { $id: 'https://example.com/a', $ref: 'https://example.com/a#/$defs/b', $defs: { b: {} } }],
    ['an embedded document', { $id: 'https://example.com/x/a', $ref: 'b', $defs: { b: { $id: 'https://example.com/x/b' } } }],
    ['an embedded document with a relative id', { $id: 'https://example.com/x/a', $ref: 'https://example.com/x/b', $defs: { b: { $id: 'b' } } }],
    ['a document with a relative name', { $ref: 'b', $defs: { b: { $id: 'b' } } }],
    ['an anchor in another document', { $ref: 'https://example.com/a#b', $defs: { a: { $id: 'https://example.com/a', $defs: { b: { $anchor: 'b' } } } } }],
    ['an id of draft-07 that is an anchor', { $schema: 'http://json-schema.org/draft-07/schema#', $ref: '#a', definitions: { a: { $id: '#a' } } }],
    ['an id of draft-04', { $schema: 'http://json-schema.org/draft-04/schema#', $ref: 'https://example.com/a', definitions: { a: { id: 'https://example.com/a' } } }],
    ['true', { $ref: '#/$defs/a', $defs: { a: true } }],
    ['an element', { $ref: '#/anyOf/1', anyOf: [{}, {}] }],
    ['words beyond ASCII', { $ref: '#/$defs/größe', $defs: { größe: {} } }],
  ])('may lead to %s', (_what, schema) => {
    expect(refusal(schema)).toBeUndefined()
  })

  test('in embedded documents resolve there', async () => {
    const schema = { $id: 'https://example.com/x/a', properties: { v: { $ref: 'b' } }, $defs: { b: { $id: 'b', $ref: '#/$defs/c', $defs: { c: { type: 'string' } } }, c: { type: 'number' } } }
    expect(await faults(schema, { v: 'x' })).toBeUndefined()
    expect(await faults(schema, { v: 1 })).toContain('v: ')
  })

  test.each<[what: string, schema: Json]>([
    ['on the network', { $ref: 'https://example.com/schema.json' }],
    ['in a file', { $ref: 'file:///etc/passwd' }],
    ['at a relative URI', { $ref: 'other.json' }],
    ['at a relative URI with a pointer', { $ref: 'other.json#/$defs/a' }],
    ['deep inside', { type: 'object', properties: { a: { items: { anyOf: [{ $ref: 'https://example.com/schema.json' }] } } } }],
    ['in the property called default', { type: 'object', properties: { default: { $ref: 'https://example.com/schema.json' } } }],
    ['in the definition called enum', { $defs: { enum: { $ref: 'https://example.com/schema.json' } } }],
    ['in a dependency called const', { dependencies: { const: { $ref: 'https://example.com/schema.json' } } }],
  ])('to a document %s are rejected [C90]', (_what, schema) => {
    expect(refusal(schema)).toEqual(refused('never fetched'))
  })

  test.each(['#/$defs/b', '#b', '#/$defs', '#/type', '#/$defs/a/', '#/', '#/%zz', '#/constructor', '#/__proto__', '#/$defs/a/length', 'https://example.com/a#b'])('to %s, which does not exist, are rejected', ($ref) => {
    expect(refusal({ type: 'object', properties: { x: { $ref } }, $defs: { a: {}, e: { $id: 'https://example.com/a' } } })).toEqual(
      $ref === '#/$defs' ? undefined : refused('refers to nothing'),
    )
  })

  test('that are not URIs are rejected', () => {
    expect(refusal({ $ref: 'http://[' })).toEqual(refused('not a URI'))
    expect(refusal({ $id: 'http://[' })).toEqual(refused('not a URI'))
  })

  test('of the dynamic kind are rejected', () => {
    expect(refusal({ $defs: { a: { $dynamicRef: '#node' } } })).toEqual(refused('$dynamicRef'))
  })

  test('in data, and properties with that name, are not references', async () => {
    const schema: Json = { type: 'object', properties: { $ref: { type: 'string' }, $dynamicRef: { type: 'string' }, a: { const: { $ref: 'https://example.com' }, default: { $dynamicRef: '#' } } } }
    expect(refusal(schema)).toBeUndefined()
    expect(await faults(schema, { $ref: 'x', $dynamicRef: 'y', a: { $ref: 'https://example.com' } })).toBeUndefined()
    expect(await faults(schema, { $ref: 1 })).toContain('$ref: ')
  })

  test('are never fetched, whether rejected or resolved [C90]', async () => {
    let requests = 0
    const target = createServer((_, response) => {
      requests++
      response.end('{}')
    })
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
    closing.push(() => void target.close())
    const url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/schema.json`
    expect(refusal({ $ref: url })).toEqual(refused('never fetched'))
    expect(refusal({ $schema: url })).toEqual(refused('dialect'))
    const schema = { $id: url, type: 'object', properties: { a: { $ref: `${url}#/$defs/a` }, b: { $ref: `${url}/b` } }, $defs: { a: { type: 'string' }, b: { $id: `${url}/b`, type: 'number' } } }
    expect(await faults(schema, { a: 'x', b: 1 })).toBeUndefined()
    expect(await faults(schema, { a: 1 })).toContain('a: ')
    expect(requests).toBe(0)
  })
})

test.each(['http://json-schema.org/draft-06/schema#', 'http://json-schema.org/draft-03/schema#', 'https://json-schema.org/draft/next/schema', 'https://example.com/dialect', '', 7, null, { a: 1 }])('the dialect %j is rejected [C89]', ($schema) => {
  expect(refusal({ $schema, type: 'object' })).toEqual(refused('dialect'))
})

/** Holds the word so many levels deep. */
const nest = (levels: number): unknown => Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 'x')

describe('is bounded [C91]', () => {
  const tree = { type: ['array', 'string'], items: { $ref: '#' } }

  test('by the depth of a value, before it is validated', async () => {
    expect(await faults(tree, nest(64))).toBeUndefined()
    expect(await faults(tree, nest(65))).toBe('Nested deeper than 64 levels')
    expect(await faults({ type: 'string' }, nest(65))).toBe('Nested deeper than 64 levels')
    expect(await faults({}, nest(100_000))).toMatch(/^Nested deeper|^Expected a value/)
  })

  const TOO_LONG = /^The schema takes more than 400000 steps/

  test.each(['anyOf', 'oneOf', 'allOf'])('by the steps of references and %s', async (keyword) => {
    const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, { [keyword]: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] }]))
    expect(await faults({ type: 'object', $ref: '#/$defs/d0', $defs: { ...$defs, d40: { type: 'string' } } }, {})).toMatch(TOO_LONG)
  })

  test('by the steps of a nested value', async () => {
    const schema = { anyOf: [{ type: 'array', items: { $ref: '#' } }, { type: 'array', items: { $ref: '#' } }, { type: 'array', items: { $ref: '#' } }] }
    expect(await faults(schema, nest(40))).toMatch(TOO_LONG)
  })

  test('for a reference that leads to itself', async () => {
    expect(await faults({ $ref: '#' }, {})).toMatch(TOO_LONG)
    expect(await faults({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, {})).toMatch(TOO_LONG)
  })

  test('by the comparisons of uniqueItems', async () => {
    const schema = { type: 'array', items: { type: 'object' }, uniqueItems: true }
    const value = Array.from({ length: 50_000 }, (_, index) => ({ a: index, b: [index] }))
    expect(await faults(schema, value)).toBeUndefined()
    expect(await faults(schema, [...value, { b: [7], a: 7 }])).toMatch(/^Has equal items in arrays that are too large/)
    expect(await faults(schema, [...value.slice(0, 100), { b: [7], a: 7 }])).toBe('Duplicate items at indexes 7 and 100')
    expect(await faults({ not: { uniqueItems: true } }, value)).toBe('Instance matched "not" schema')
    expect(await faults({ type: 'array' }, [...value, ...value])).toBeUndefined()
    expect(await faults(schema, [1, '1', true, null, [], {}].map((a) => ({ a })))).toBeUndefined()
  })

  test('by the comparisons of a few large items [case A3]', async () => {
    const schema = { type: 'array', uniqueItems: true }
    const value = Array.from({ length: 999 }, (_, index) => large(index))
    expect(await faults(schema, value)).toBeUndefined()
    expect(await faults(schema, [...value, large(7)])).toMatch(/^Has equal items in arrays that are too large/)
    expect(await faults(schema, [large(1), large(2), large(1)])).toBe('Duplicate items at indexes 0 and 2')
    expect(findDuplicates(value)).toEqual({ found: false, cost: expect.any(Number) })
    // The cost grows with the square of the items: what takes long is not compared, however the size is spread.
    expect(findDuplicates(value).cost).toBeGreaterThan(999 * 999 * 370)
    expect(findDuplicates(Array.from({ length: 1000 }, () => 'x'.repeat(64_000))).cost).toBeGreaterThan(1000 * 1000 * 1000)
    expect(findDuplicates({ tags: ['a', 'b', 'a'] })).toEqual({ found: true, cost: 12 })
  })

  test('by the length of a text with a format [case 5]', async () => {
    expect(await faults({ properties: { page: { format: 'url' } } }, { page: `http://${'a'.repeat(5000)}\n` })).toBe('page: String does not match format "uri"')
    expect(await faults({ properties: { page: { format: 'url' } } }, { page: 'http://example.com/' })).toBeUndefined()
    expect(await faults({ const: { format: 'url' } }, { format: 'url' })).toBeUndefined()
  })

  test('by the length of the error [case A3]', async () => {
    const place = 'x'.repeat(100_000)
    const value = { [place]: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 1])) }
    const answer = await faults({ additionalProperties: { type: 'object', additionalProperties: false } }, value)
    expect(answer).toMatch(/^x{100}…\.k0: Not allowed; .*; and more$/)
    expect(answer?.split('; ')).toHaveLength(21)
    expect(explain({ issues: Array.from({ length: 100_000 }, (_, index) => ({ message: 'y'.repeat(10_000), path: [index] })) }).length).toBeLessThan(25_000)
  })

  test('for each value separately', async () => {
    const { validate } = jsonSchema({ type: 'array', items: { type: 'number' } })['~standard']
    const value = Array.from({ length: 240_000 }, (_, index) => index)
    for (let round = 0; round < 3; round++) expect((await validate(value)).issues).toBeUndefined()
    expect(explain(await validate([...value, ...value]))).toMatch(TOO_LONG)
    expect((await validate([1])).issues).toBeUndefined()
  })
})

describe('a tool', () => {
  test('gets valid arguments, and the model reads what is wrong with invalid ones [C85]', async () => {
    const { call } = await open(newServer().tool('add', { input: { type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'number' } } } }, required: ['a'] } }, (args) => JSON.stringify(args)))
    expect(await call('add', { a: { b: 1 }, more: true })).toMatchObject({ result: { content: [{ text: '{"a":{"b":1},"more":true}' }] } })
    expect(await call('add', { a: { b: '1' } })).toMatchObject({ result: { isError: true, content: [{ text: 'Invalid arguments for tool add: a.b: Instance type "string" is invalid. Expected "number"' }] } })
    expect(await call('add')).toMatchObject({ result: { isError: true, content: [{ text: 'Invalid arguments for tool add: Instance does not have required property "a"' }] } })
  })

  test.each<[schema: Json, value: unknown]>([
    [{ type: 'object', properties: { sum: { type: 'number' } } }, { sum: 1 }],
    [{ type: 'array', items: { type: 'number' } }, [1, 2]],
    [{ type: 'array', maxItems: 0 }, []],
    [{ type: 'string' }, 'x'],
    [{ type: 'number' }, 0],
    [{ type: 'boolean' }, false],
    [{ type: 'null' }, null],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 7],
  ])('returns values that its output schema %j allows, such as %j, and no others [C86]', async (schema, value) => {
    const errors: unknown[] = []
    const output = jsonSchema(schema)
    const server = newServer(errors)
      .tool('right', { output }, () => value)
      .tool('wrong', { output }, () => [{ wrong: true }, 'x'])
      .tool('nothing', { output }, () => undefined)
    const { call } = await open(server)
    expect(await call('right')).toMatchObject({ result: { content: [{ text: JSON.stringify(value) }] } })
    for (const name of ['wrong', 'nothing']) {
      expect(await call(name)).toMatchObject({ result: { isError: true, content: [{ text: expect.stringContaining('Internal error') }] } })
    }
    expect(errors).toHaveLength(2)
    expect(errors).toMatchObject(['wrong', 'nothing'].map((name) => ({ tool: name, err: { message: expect.stringContaining('output schema') } })))
  })

  test('can leave optional values undefined', async () => {
    const server = newServer().tool('get', { output: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'string' } } } }, () => ({ a: 1, b: undefined }))
    expect(await (await open(server)).call('get')).toMatchObject({ result: { structuredContent: { a: 1 } } })
  })

  test('whose output is too expensive to check gets an error, and the connection continues [C91]', async () => {
    const { call, request } = await open(newServer().tool('loop', { input: jsonSchema({ type: 'object', allOf: [{ $ref: '#' }] }) }, () => 'ok'))
    expect(await call('loop')).toMatchObject({ result: { isError: true, content: [{ text: expect.stringContaining('400000 steps') }] } })
    expect(await request('ping')).toMatchObject({ result: {} })
  })
})

const inputSchema = (input: Parameters<typeof compileSchema>[0]): Json => tool('t', { input }, () => 'ok').description.inputSchema

describe('arguments', () => {
  const A = z.object({ kind: z.literal('a'), a: z.string() })
  const B = z.object({ kind: z.literal('b'), b: z.number() })

  test('can be a union of objects, which gets `type: "object"`', async () => {
    for (const union of [z.discriminatedUnion('kind', [A, B]), z.union([A, B]), z.union([A, z.union([A, B])]), z.intersection(A, z.object({ more: z.boolean() }))]) {
      expect(inputSchema(union)).toEqual({ properties: {}, ...compileSchema(union, 'input', 'x').json, type: 'object' })
    }
    const { call } = await open(newServer().tool('either', { input: z.discriminatedUnion('kind', [A, B]) }, (args) => (args.kind === 'a' ? args.a : String(args.b))))
    expect(await call('either', { kind: 'b', b: 7 })).toMatchObject({ result: { content: [{ text: '7' }] } })
    expect(await call('either', { kind: 'c' })).toMatchObject({ result: { isError: true } })
  })

  test.each<[what: string, input: Parameters<typeof compileSchema>[0]]>([
    ['a string', z.string()],
    ['an array', z.array(A)],
    ['a union with something else in it', z.union([A, z.string()])],
    ['raw: a string', { type: 'string' }],
    ['raw: nothing in particular', jsonSchema({})],
    ['raw: several types', jsonSchema({ type: ['object', 'null'] })],
    ['raw: a union of nothing', jsonSchema({ anyOf: [] })],
    ['raw: a union with something else in it', jsonSchema({ oneOf: [{ type: 'object' }, { type: 'array' }] })],
    ['raw: a union with anything in it', jsonSchema({ oneOf: [{ type: 'object' }, {}] })],
    ['raw: another type, in spite of the union', jsonSchema({ type: 'string', anyOf: [{ type: 'object' }] })],
  ])('are not %s', (_what, input) => {
    expect(() => inputSchema(input)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_SCHEMA', message: expect.stringContaining('arguments are an object') }))
  })
})

test('a server without the validator does not start, and names the item that needs it', async () => {
  vi.doMock('@cfworker/json-schema', () => {
    throw new Error('Cannot find package')
  })
  onTestFinished(() => void vi.doUnmock('@cfworker/json-schema'))
  const server = new McpServer({ name: 'shop', version: '1.0.0' }).tool('pay', { input: { type: 'object' } }, () => 'paid')
  await expect(server.open()).rejects.toMatchObject({ code: 'GANGWAY_E_VALIDATOR_MISSING', message: 'input of tool "pay": raw JSON Schema is validated by @cfworker/json-schema, which is not installed: npm install @cfworker/json-schema' })
})

test('the validator is loaded when the server starts', async () => {
  const compiled = compileSchema({ type: 'object' }, 'input', 'x')
  expect(await compiled.prepare?.()).toBe(await loadValidator())
  expect(compileSchema(z.object({}), 'input', 'x').prepare).toBeUndefined()
  expect(isGangwayError(await loadValidator().catch((error: unknown) => error))).toBe(false)
})
