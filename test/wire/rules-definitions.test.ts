/** Rules about what a server defines: names, schemas, and the contents it gives out. */
import { audio, embed, image, jsonSchema } from '@gangway/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { everywhere } from '../harness/index.ts'
import { newServer, textOf } from '../harness/server.ts'

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'
const schema = {
  $schema: DRAFT,
  type: 'object',
  properties: { pair: { type: 'array', prefixItems: [{ $ref: '#/$defs/word' }, { type: 'integer' }], items: false } },
  required: ['pair'],
  $defs: { word: { type: 'string', minLength: 1 } },
} as const

const bytes = new Uint8Array([0, 250, 255])
const server = newServer()
  .tool('add', {}, () => 'small')
  .tool('Add', {}, () => 'large')
  .tool('pair', { input: schema }, () => 'ok')
  .tool('old', { input: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: { pair: { type: 'array', items: [{ type: 'string' }] } } } }, () => 'ok')
  .tool('nest', { input: { type: 'object', properties: { tree: { $ref: '#/$defs/tree' } }, $defs: { tree: { anyOf: Array.from({ length: 9 }, () => ({ type: 'array', items: { $ref: '#/$defs/tree' } })) } } } }, () => 'ok')
  .prompt('blocks', {}, () => [image(bytes, 'image/png'), audio(bytes, 'audio/wav'), embed('a://text', 'hello', { mimeType: 'text/plain' }), embed('a://blob', bytes, { mimeType: 'application/octet-stream' })])

afterEach(() => void vi.restoreAllMocks())

describe.each(everywhere)('$name', ({ open, revision }) => {
  test('tool names are case-sensitive and unique [C83]', async () => {
    const client = await open(server)
    expect([textOf(await client.call('add')), textOf(await client.call('Add'))]).toEqual(['small', 'large'])
    expect(() => newServer().tool('one', {}, () => 'ok').tool('one', {}, () => 'ok')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_DUPLICATE' }))
  })

  /** As the revision tells that arguments are wrong. */
  const refusal = async (name: string, args: unknown) => {
    const { result, error } = await (await open(server)).request('tools/call', { name, arguments: args })
    return error ? error.code : result?.isError
  }
  const REFUSED = revision < '2025-11-25' ? -32602 : true

  test('JSON Schema is listed as written, and applied in its dialect [C89]', async () => {
    const { tools } = await (await open(server)).result('tools/list')
    expect((tools as { inputSchema: unknown }[])[2]?.inputSchema).toEqual(schema)
    expect(await refusal('pair', { pair: ['x', 1] })).toBeUndefined()
    expect(await refusal('pair', { pair: ['x', 'y'] })).toBe(REFUSED)
    expect(await refusal('pair', { pair: ['x', 1, 2] })).toBe(REFUSED)
    expect(await refusal('old', { pair: ['x', 1, 2] })).toBeUndefined()
    expect(await refusal('old', { pair: [1] })).toBe(REFUSED)
  })

  test('arguments that would take too long to validate are rejected [C91]', async () => {
    let tree: unknown[] = ['leaf']
    for (let depth = 0; depth < 12; depth++) tree = [tree]
    expect(await refusal('nest', { tree })).toBe(REFUSED)
  })

  test('images and audio are base64 with a media type, and embedded resources have a URI [C111]', async () => {
    const { messages } = await (await open(server)).result('prompts/get', { name: 'blocks' })
    const [picture, sound, ...embedded] = (messages as { content: Record<string, unknown> }[]).map(({ content }) => content)
    expect(picture).toEqual({ type: 'image', data: 'APr/', mimeType: 'image/png' })
    expect(sound).toMatchObject(revision === '2024-11-05' ? { type: 'resource', resource: { blob: 'APr/', mimeType: 'audio/wav', uri: expect.any(String) } } : { type: 'audio', data: 'APr/', mimeType: 'audio/wav' })
    expect(embedded).toEqual([
      { type: 'resource', resource: { uri: 'a://text', mimeType: 'text/plain', text: 'hello' } },
      { type: 'resource', resource: { uri: 'a://blob', mimeType: 'application/octet-stream', blob: 'APr/' } },
    ])
  })
})

test('an unknown dialect is rejected when the tool is defined [C89]', () => {
  expect(() => jsonSchema({ $schema: 'https://example.com/dialect', type: 'object' })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_SCHEMA' }))
})

test.each(['https://example.com/schema.json', 'http://169.254.169.254/x#/y', 'file:///etc/passwd', 'other.json'])('a reference to %s is rejected when the tool is defined, and nothing is fetched [C90]', (reference) => {
  const fetched = vi.spyOn(globalThis, 'fetch')
  expect(() => newServer().tool('t', { input: { type: 'object', properties: { x: { $ref: reference } } } }, () => 'ok')).toThrow(expect.objectContaining({ code: 'GANGWAY_E_SCHEMA' }))
  expect(fetched).not.toHaveBeenCalled()
})
