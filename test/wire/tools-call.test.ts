/** `tools/call`: what a tool returns or throws, and what the client gets. */
import { audio, embed, image, link, McpError, text, ToolError, toolResult } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { wholeMatrix } from '../harness/index.ts'
import { newServer, textOf } from '../harness/server.ts'

const bytes = new Uint8Array([0, 1, 254, 255])

const server = newServer()
  .tool('add', { input: { a: z.number(), b: z.number() }, output: { sum: z.number() } }, ({ a, b }) => ({ sum: a + b }))
  .tool('trim', { input: z.object({ text: z.string().trim() }) }, ({ text }) => text)
  .tool('late', { input: { text: z.string().refine(async (value) => value !== 'bad', 'is bad') } }, ({ text }) => text)
  .tool('text', {}, async () => 'hello')
  .tool('number', {}, () => 42)
  .tool('nothing', {}, () => {})
  .tool('block', {}, () => text('hello', { annotations: { priority: 1 } }))
  .tool('blocks', {}, () => [text('see'), image(bytes, 'image/png'), audio('AAH+/w==', 'audio/wav'), embed('a://b', 'inside', { mimeType: 'text/plain' }), embed('a://c', bytes), link('a://d', { name: 'D' })])
  .tool('complete', {}, () => toolResult({ content: [text('done')], isError: true, _meta: { 'example.com/x': 1 } }))
  .tool('structured', { output: { sum: z.number() } }, () => toolResult({ content: [text('three')], structuredContent: { sum: 3 } }))
  .tool('wordless', { output: { sum: z.number() } }, () => toolResult({ content: [image(bytes, 'image/png')], structuredContent: { sum: 3 } }))
  .tool('given up', { output: { sum: z.number() } }, () => toolResult({ content: [text('no idea')], isError: true }))
  .tool('broken', { output: { sum: z.number() } }, () => ({ sum: 'three' as unknown as number }))
  .tool('half', { output: { sum: z.number() } }, () => toolResult({ content: [text('three')] }) as never)
  .tool('stripped', { output: z.object({ kept: z.string() }) }, () => ({ kept: 'yes', secret: 'no' }) as { kept: string })
  .tool('throws', {}, () => {
    throw new ToolError('The till is empty')
  })
  .tool('rejects', {}, () => Promise.reject(new ToolError('The till is locked')))
  .tool('bug', {}, () => {
    throw new Error('postgres://admin:secret@db')
  })
  .tool('throws text', {}, () => {
    throw 'plain text' // oxlint-disable-line no-throw-literal -- Handlers of users may.
  })
  .tool('protocol error', {}, () => {
    throw new McpError(-31999, 'Not today', { data: { retryAfter: 5 } })
  })
  .tool('bigint', {}, () => toolResult({ content: [text('1')], _meta: { 'example.com/n': 1n } }))
  .tool('__proto__', {}, () => 'from __proto__')
  .tool('constructor', {}, () => 'from constructor')
  .tool('echo', { input: z.looseObject({}) }, (args) => JSON.stringify(args))
  .tool('hasOwn', { input: { constructor: z.string().optional(), toString: z.string().optional() } }, (args) => JSON.stringify(args))

describe.each(wholeMatrix)('$name', ({ open, revision }) => {
  /** Before 2025-06-18 there was no structured content. */
  const structured = (value: unknown) => (revision >= '2025-06-18' ? { structuredContent: value } : {})

  test('a value of the declared output is structured content, and also text [C86]', async () => {
    const client = await open(server)
    expect(await client.call('add', { a: 1, b: 2 })).toMatchObject({ content: [{ type: 'text', text: '{"sum":3}' }], ...structured({ sum: 3 }) })
  })

  test('strings, numbers, blocks and undefined become content', async () => {
    const client = await open(server)
    expect(await client.call('text')).toMatchObject({ content: [{ type: 'text', text: 'hello' }] })
    expect(await client.call('number')).toMatchObject({ content: [{ type: 'text', text: '42' }] })
    expect(await client.call('nothing')).toMatchObject({ content: [] })
    expect(await client.call('block')).toMatchObject({ content: [{ type: 'text', text: 'hello', annotations: { priority: 1 } }] })
    expect(await client.call('text')).not.toHaveProperty('isError')
  })

  test('content of every kind is sent unchanged', async () => {
    const client = await open(server)
    const { content } = await client.call('blocks')
    expect(content).toHaveLength(6)
    expect(content).toMatchObject([{ type: 'text', text: 'see' }, { type: 'image', data: 'AAH+/w==', mimeType: 'image/png' }, {}, { type: 'resource', resource: { uri: 'a://b', text: 'inside', mimeType: 'text/plain' } }, { type: 'resource', resource: { uri: 'a://c', blob: 'AAH+/w==' } }, {}])
  })

  test('toolResult() passes unchanged, with a text if its structured content has none [C86]', async () => {
    const client = await open(server)
    expect(await client.call('complete')).toMatchObject({ content: [{ type: 'text', text: 'done' }], isError: true, _meta: { 'example.com/x': 1 } })
    expect(await client.call('structured')).toMatchObject({ content: [{ type: 'text', text: 'three' }], ...structured({ sum: 3 }) })
    expect(await client.call('wordless')).toMatchObject({ content: [{ type: 'image' }, { type: 'text', text: '{"sum":3}' }], ...structured({ sum: 3 }) })
    expect(await client.call('given up')).toMatchObject({ content: [{ type: 'text', text: 'no idea' }], isError: true })
  })

  test.each(['broken', 'half'])('a result that violates the declared output is not sent: %s [C86]', async (name) => {
    const client = await open(server)
    const result = await client.call(name)
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/) }] })
    expect(result).not.toHaveProperty('structuredContent')
    expect(JSON.stringify(result)).not.toContain('three')
  })

  test('the client gets the value that the output schema returns', async () => {
    const client = await open(server)
    expect(JSON.stringify(await client.call('stripped'))).not.toContain('secret')
  })

  test('a thrown ToolError is a result that the model can read; any other error is masked [C84] [case 1]', async () => {
    const client = await open(server)
    expect(await client.call('throws')).toMatchObject({ isError: true, content: [{ type: 'text', text: 'The till is empty' }] })
    expect(await client.call('rejects')).toMatchObject({ isError: true, content: [{ type: 'text', text: 'The till is locked' }] })
    for (const name of ['throws text', 'bug']) expect(await client.call(name)).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/) }] })
  })

  test('a thrown McpError is a protocol error, with its data', async () => {
    const client = await open(server)
    expect(await client.error('tools/call', { name: 'protocol error' })).toEqual({ code: -31999, message: 'Not today', data: { retryAfter: 5 } })
  })

  test('a result that JSON cannot express is a failure of the tool, and the next call is served', async () => {
    const client = await open(server)
    expect(await client.call('bigint')).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/) }] })
    expect(textOf(await client.call('text'))).toBe('hello')
  })

  test.each(['no such tool', '', 'toString', 'hasOwnProperty', 'Add'])('the unknown tool "%s" is −32602 [C84]', async (name) => {
    const client = await open(server)
    expect(await client.error('tools/call', { name })).toMatchObject({ code: -32602, message: expect.stringContaining('Unknown tool') })
  })

  test.each([undefined, null, 7, ['add']])('a name that is %s is −32602', async (name) => {
    const client = await open(server)
    expect(await client.error('tools/call', { name })).toMatchObject({ code: -32602 })
  })

  test('tools and arguments can have the names of object members', async () => {
    const client = await open(server)
    expect(textOf(await client.call('__proto__'))).toBe('from __proto__')
    expect(textOf(await client.call('constructor'))).toBe('from constructor')
    expect(textOf(await client.call('hasOwn', {}))).toBe('{}')
    expect(textOf(await client.call('hasOwn', { constructor: 'mine' }))).toBe('{"constructor":"mine"}')
    const polluting = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}')
    await client.call('echo', polluting)
    expect(textOf(await client.call('hasOwn', JSON.parse('{"__proto__":{"constructor":"stolen"}}')))).toBe('{}')
    expect(({} as { polluted?: true }).polluted).toBeUndefined()
  })

  test('the handler gets the value that the input schema returns, also if it is asynchronous', async () => {
    const client = await open(server)
    expect(textOf(await client.call('trim', { text: '  hello ' }))).toBe('hello')
    expect(textOf(await client.call('late', { text: 'good' }))).toBe('good')
  })
})
