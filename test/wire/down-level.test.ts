/** Down-level spelling: one server with everything in it, and of it what each revision may know. */
import { audio, embed, image, link, message, resourceResult, text, toolResult } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { connect, everywhere, serve } from '../harness/index.ts'
import type { Json } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

/** A schema that takes anything, described as it was written. */
const schemaOf = (json: Json) => ({ '~standard': { version: 1 as const, vendor: 'suite', validate: (value: unknown) => ({ value }), jsonSchema: { input: () => json, output: () => json } } })

const ICONS = [{ src: 'https://shop.example/icon.png', mimeType: 'image/png', sizes: ['48x48'], theme: 'dark' as const }]
const META = { 'com.example/x': { deep: [1, null, 'é'] } }
const HINTS = { title: 'Hinted', readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }
const NOTES = { audience: ['user' as const, 'assistant' as const], priority: 0.5 }
const MODIFIED = { ...NOTES, lastModified: '2025-01-12T15:00:58Z' }

const OBJECT = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false }
const LIST = { type: 'array', items: { type: 'number' } }
/** A tree that refers to its own root, and to a definition. */
const TREE = { type: 'array', items: { anyOf: [{ $ref: '#' }, { $ref: '#/$defs/leaf' }] }, $defs: { leaf: { type: 'string', default: '#/$defs/leaf' } } }
const REBASED = { type: 'array', items: { anyOf: [{ $ref: '#/properties/result' }, { $ref: '#/properties/result/$defs/leaf' }] }, $defs: { leaf: { type: 'string', default: '#/$defs/leaf' } } }
const NODE = { type: 'object', properties: { next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } }, required: ['next'] }
const MAYBE = { type: ['object', 'null'] }

const DESCRIBED = { title: 'A title', description: 'A description', icons: ICONS, _meta: META }

const newRich = () =>
  newServer({ title: 'The suite', description: 'All there is', websiteUrl: 'https://shop.example', icons: ICONS, instructions: 'Be kind' })
    .tool('object', { ...DESCRIBED, annotations: HINTS, input: { a: z.string() }, output: schemaOf(OBJECT) }, () => ({ n: 1 }))
    .tool('list', { output: schemaOf(LIST) }, () => [1, 2])
    .tool('tree', { output: schemaOf({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...TREE }) }, () => [[], ['leaf']])
    .tool('node', { output: schemaOf(NODE) }, () => ({ next: { next: null } }))
    .tool('maybe', { output: schemaOf(MAYBE) }, () => null)
    .tool('false', { output: schemaOf({ type: 'boolean' }) }, () => false)
    .tool('failed', { output: schemaOf(LIST) }, () => toolResult({ content: [text('no')], isError: true }))
    .tool('bare list', {}, () => toolResult({ content: [], structuredContent: [1] }))
    .tool('bare object', {}, () => toolResult({ content: [], structuredContent: { n: 1 }, _meta: META }))
    .tool('blocks', {}, () => [
      text('one', { annotations: MODIFIED, _meta: META }),
      image('AAAA', 'image/png', { annotations: NOTES, _meta: META }),
      audio('BBBB', 'audio/wav', { annotations: MODIFIED, _meta: META }),
      { ...embed('shop://tea', 'tea', { mimeType: 'text/plain', annotations: MODIFIED, _meta: META }), resource: { uri: 'shop://tea', mimeType: 'text/plain', text: 'tea', _meta: META } },
      link('shop://milk', { name: 'milk', title: 'Milk', description: 'White', mimeType: 'text/plain', size: 3, icons: ICONS, annotations: MODIFIED, _meta: META }),
      link('shop://plain'),
    ])
    .tool('work', {}, (_, { progress }) => {
      progress(1, 2, 'half')
      progress(2, 2, 'all')
      return 'ok'
    })
    .resource('shop://tea', { name: 'tea', ...DESCRIBED, mimeType: 'text/plain', size: 3, annotations: MODIFIED }, () => resourceResult({ contents: [{ uri: 'shop://tea', mimeType: 'text/plain', text: 'tea', _meta: META }], _meta: META }))
    .resource('shop://{item}', { name: 'item', ...DESCRIBED, mimeType: 'text/plain', annotations: MODIFIED }, ({ item }) => item)
    .prompt('brew', { ...DESCRIBED, args: { kind: z.string().meta({ title: 'Kind', description: 'Of tea' }) }, complete: { kind: () => ['green'] } }, () => [
      audio('BBBB', 'audio/wav', { annotations: MODIFIED, _meta: META }),
      message('assistant', link('shop://milk', { name: 'milk', title: 'Milk', icons: ICONS })),
    ])

describe.each(everywhere)('$name', ({ open, door, revision, modern }) => {
  const [r2, r3, r4] = (['2025-03-26', '2025-06-18', '2025-11-25'] as const).map((since) => revision >= since)
  const meta = r3 && { _meta: META }
  const notes = r3 ? MODIFIED : NOTES
  const titled = { ...(r3 && { title: DESCRIBED.title }), description: DESCRIBED.description, ...(r4 && { icons: ICONS }), ...meta }
  /** What a result says, without what the modern era puts around every one. */
  const bodyOf = ({ resultType: _type, ttlMs: _ttl, cacheScope: _scope, _meta, ...body }: Json): Json => (modern || _meta === undefined ? body : { ...body, _meta })
  const ask = async (method: string, params?: Json) => bodyOf(await (await open(newRich())).result(method, params))
  const call = (name: string) => ask('tools/call', { name, arguments: { a: 'x' } })

  test("the server's name and capabilities [C23] [C115]", async () => {
    const client = await connect(await serve(door, newRich()), revision)
    const { capabilities, serverInfo, instructions, _meta } = modern ? await client.result('server/discover') : await client.initialize()
    expect(modern ? (_meta as Json)['io.modelcontextprotocol/serverInfo'] : serverInfo).toStrictEqual({
      name: 'suite',
      version: '1.0.0',
      ...(r3 && { title: 'The suite' }),
      ...(r4 && { description: 'All there is', websiteUrl: 'https://shop.example', icons: ICONS }),
    })
    expect(capabilities).toStrictEqual({ logging: {}, ...(r2 && { completions: {} }), tools: { listChanged: true }, resources: { listChanged: true, subscribe: true }, prompts: { listChanged: true } })
    expect(instructions).toBe('Be kind')
  })

  test('members of tools [C23] [C86]', async () => {
    const tools = (await ask('tools/list')).tools as Json[]
    expect(tools[0]).toStrictEqual({
      name: 'object',
      ...titled,
      ...(r2 && { annotations: HINTS }),
      inputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      ...(r3 && { outputSchema: OBJECT }),
    })
    const wrapped = (result: unknown) => (modern ? result : r3 ? { type: 'object', properties: { result }, required: ['result'] } : undefined)
    expect(Object.fromEntries(tools.slice(1).map(({ name, outputSchema }) => [name, outputSchema]))).toEqual({
      list: wrapped(LIST),
      tree: modern ? TREE : wrapped(REBASED),
      node: r3 ? NODE : undefined,
      maybe: wrapped(MAYBE),
      false: wrapped({ type: 'boolean' }),
      failed: wrapped(LIST),
    })
    for (const tool of tools) expect('outputSchema' in tool && !r3).toBe(false)
  })

  test.each<[string, unknown, boolean]>([
    ['object', { n: 1 }, true],
    ['node', { next: { next: null } }, true],
    ['list', [1, 2], false],
    ['tree', [[], ['leaf']], false],
    ['maybe', null, false],
    ['false', false, false],
  ])('the structured result of "%s" is %j: an object where the revision requires it, and always also text [C86]', async (name, value, isObject) => {
    const structuredContent = modern || isObject ? value : { result: value }
    expect(await call(name)).toStrictEqual({ content: [{ type: 'text', text: JSON.stringify(value) }], ...(r3 && { structuredContent }) })
  })

  test('a structured result without a schema, and a failure without a result [C86]', async () => {
    expect(await call('bare list')).toStrictEqual({ content: [{ type: 'text', text: '[1]' }], ...(r3 && { structuredContent: modern ? [1] : { result: [1] } }) })
    expect(await call('bare object')).toStrictEqual({ content: [{ type: 'text', text: '{"n":1}' }], ...(r3 && { structuredContent: { n: 1 } }), ...(!modern && { _meta: META }) })
    expect(await call('failed')).toStrictEqual({ content: [{ type: 'text', text: 'no' }], isError: true })
  })

  const sound = r2 ? { type: 'audio', data: 'BBBB', mimeType: 'audio/wav', annotations: notes, ...meta } : { type: 'resource', resource: { uri: 'data:,audio', mimeType: 'audio/wav', blob: 'BBBB' }, annotations: notes }

  test('content of each kind [C23]', async () => {
    expect((await call('blocks')).content).toStrictEqual([
      { type: 'text', text: 'one', annotations: notes, ...meta },
      { type: 'image', data: 'AAAA', mimeType: 'image/png', annotations: NOTES, ...meta },
      sound,
      { type: 'resource', resource: { uri: 'shop://tea', mimeType: 'text/plain', text: 'tea', ...meta }, annotations: notes, ...meta },
      r3
        ? { type: 'resource_link', uri: 'shop://milk', name: 'milk', title: 'Milk', description: 'White', mimeType: 'text/plain', size: 3, ...(r4 && { icons: ICONS }), annotations: MODIFIED, _meta: META }
        : { type: 'text', text: 'milk: shop://milk', annotations: NOTES },
      r3 ? { type: 'resource_link', uri: 'shop://plain', name: 'shop://plain' } : { type: 'text', text: 'shop://plain: shop://plain' },
    ])
  })

  test('resources, templates and contents [C23]', async () => {
    expect((await ask('resources/list')).resources).toStrictEqual([{ uri: 'shop://tea', name: 'tea', ...titled, mimeType: 'text/plain', size: 3, annotations: notes }])
    expect((await ask('resources/templates/list')).resourceTemplates).toStrictEqual([{ uriTemplate: 'shop://{item}', name: 'item', ...titled, mimeType: 'text/plain', annotations: notes }])
    expect((await ask('resources/read', { uri: 'shop://tea' })).contents).toStrictEqual([{ uri: 'shop://tea', mimeType: 'text/plain', text: 'tea', ...meta }])
  })

  test('prompts, their arguments and messages [C23]', async () => {
    expect((await ask('prompts/list')).prompts).toStrictEqual([{ name: 'brew', ...titled, arguments: [{ name: 'kind', ...(r3 && { title: 'Kind' }), description: 'Of tea', required: true }] }])
    expect(await ask('prompts/get', { name: 'brew', arguments: { kind: 'green' } })).toStrictEqual({
      description: DESCRIBED.description,
      messages: [
        { role: 'user', content: sound },
        { role: 'assistant', content: r3 ? { type: 'resource_link', uri: 'shop://milk', name: 'milk', title: 'Milk', ...(r4 && { icons: ICONS }) } : { type: 'text', text: 'milk: shop://milk' } },
      ],
    })
  })

  test('progress, with a message if the revision has it [C23] [C37]', async () => {
    const client = await open(newRich())
    await client.call('work', {}, { meta: { progressToken: 't' } })
    expect(client.notified('notifications/progress').map(({ params }) => params)).toStrictEqual([
      { progressToken: 't', progress: 1, total: 2, ...(r2 && { message: 'half' }) },
      { progressToken: 't', progress: 2, total: 2, ...(r2 && { message: 'all' }) },
    ])
  })

  test('completion works, whether or not the revision declares it [C115]', async () => {
    expect(await ask('completion/complete', { ref: { type: 'ref/prompt', name: 'brew' }, argument: { name: 'kind', value: '' } })).toStrictEqual({ completion: { values: ['green'], total: 1, hasMore: false } })
  })

  test('a client of one revision does not change what the next client sees [C51]', async () => {
    const server = newRich()
    await (await open(server)).result('tools/list')
    const served = await serve('memory', server)
    const newest = await connect(served, '2025-11-25')
    await newest.handshake()
    expect(await newest.result('tools/list')).toMatchObject({ tools: [{ title: 'A title', icons: ICONS, _meta: META, annotations: HINTS, outputSchema: OBJECT }, ...Array.from({ length: 10 }, () => ({}))] })
    expect(JSON.stringify(server.definition.lists.tools[0])).toContain('"icons"')
  })
})
