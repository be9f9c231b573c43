/** Tools, resources and prompts that are not written as they are to be: refused where they are written, with what is right. */
import { McpServer, tool } from '@gangway/core'
import { isSdkServer } from '@gangway/core/proxy'
import { connectInMemory } from '@gangway/core/testing'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

type Register = (...given: unknown[]) => unknown

const server = (): McpServer & Record<'tool' | 'resource' | 'prompt', Register> => new McpServer({ name: 'shop', version: '1.0.0' }) as never
const usage = (message: string): object => expect.objectContaining({ code: 'GANGWAY_E_USAGE', message })
const cycle = (): object => {
  const item: Record<string, unknown> = {}
  item.self = item
  return item
}
const ignore = (): void => {}
const handler = (): string => 'x'

describe('forms of other libraries', () => {
  const TOOL = 'tool "hello" needs options and then a function: write tool("hello", { description, input: { … } }, handler)'
  test.each([
    ['arguments in place of the options', [{ who: z.string() }, handler]],
    ['arguments that are named like options', [{ name: z.string(), title: z.string() }, handler]],
    ['arguments, one of them named like an option', [{ title: z.string() }, handler]],
    ['a description as an argument', ['Greets', { who: z.string() }, handler]],
    ['a handler alone', [handler]],
    ['no handler', [{}]],
    ['a handler that is not a function', [{}, 'x']],
  ])('a tool with %s', (_form, given) => {
    expect(() => server().tool('hello', ...given)).toThrow(usage(TOOL))
    expect(() => (tool as Register)('hello', ...given)).toThrow(usage(TOOL))
  })

  test.each(['shop://readme', 'shop://{item}'])('the resource %s without options, or without a reader', (uri) => {
    const line = `resource "${uri}" needs options and then a function: write resource("${uri}", { description, mimeType }, read)`
    for (const given of [[handler], [{}], ['shop://readme', {}, handler]]) expect(() => server().resource(uri, ...given)).toThrow(usage(line))
  })

  test('a prompt without options, or without a handler', () => {
    const line = 'prompt "p" needs options and then a function: write prompt("p", { description, args: { … } }, handler)'
    for (const given of [[handler], [{}], [{ topic: z.string() }, handler]]) expect(() => server().prompt('p', ...given)).toThrow(usage(line))
  })
})

describe('methods of other libraries [case 41]', () => {
  test.each([
    ['registerTool', ['hello', {}, handler], 'server.tool(name, { description, input: { … } }, handler)'],
    ['registerResource', ['readme', 'a://b', {}, handler], 'server.resource('],
    ['registerPrompt', ['p', {}, handler], 'server.prompt('],
    ['addTool', [{ name: 'hello' }], 'server.tool('],
    ['setRequestHandler', [{}, handler], 'server.tool('],
    ['connect', [{ start: handler }], 'server.run()'],
    ['start', [{ transportType: 'stdio' }], 'server.run()'],
  ])('%s throws, and suggests the Gangway method', (name, given, ours) => {
    const shop = server() as unknown as Record<string, Register>
    expect(() => shop[name]?.(...given)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE', message: expect.stringContaining(ours) }))
    expect(() => shop[name]?.(...given)).toThrow(`"${name}"`)
  })

  test('are in no list of members, and do not make the server look like one of the SDK', () => {
    expect(Object.keys(server())).not.toContain('connect')
    expect(isSdkServer(server())).toBe(false)
  })
})

describe('an unknown option', () => {
  test.each([
    ['tool', 'hello', { inputSchema: { who: z.string() } }, 'tool "hello" has no option "inputSchema": did you mean "input"?'],
    ['tool', 'hello', { outputSchema: z.object({}) }, 'tool "hello" has no option "outputSchema": did you mean "output"?'],
    ['tool', 'hello', { descripton: 'x' }, 'tool "hello" has no option "descripton": did you mean "description"?'],
    ['tool', 'hello', { name: 'other' }, 'tool "hello" has no option "name": use title, description, input, output, annotations, icons, scopes, visible, _meta'],
    ['resource', 'a://b', { mimetype: 'text/html' }, 'resource "a://b" has no option "mimetype": did you mean "mimeType"?'],
    ['resource', 'a://{b}', { uri: 'c://d' }, 'resource "a://{b}" has no option "uri": use name, title, description, mimeType, size, icons, annotations, complete, cacheTtl, cacheScope, scopes, visible, _meta'],
    ['prompt', 'p', { argsSchema: { topic: z.string() } }, 'prompt "p" has no option "argsSchema": did you mean "args"?'],
  ] as const)('%s %s, %o', (kind, key, options, line) => {
    expect(() => server()[kind](key, options, handler)).toThrow(usage(line))
  })
})

test.each([
  ['a BigInt', () => 5n, {}],
  ['a cycle', () => cycle(), {}],
  ['a BigInt in its output', () => ({ sum: 5n }), { output: z.object({ sum: z.any() }) }],
  ['a BigInt in its output, checked later', () => ({ sum: 5n }), { output: z.object({ sum: z.any().refine(async () => true) }) }],
])('the log names the tool that returned a value which JSON cannot express: %s', async (_what, handler, options) => {
  const errors: unknown[] = []
  const shop = new McpServer({ name: 'shop', version: '1.0.0', logger: { debug: ignore, info: ignore, warn: ignore, error: (details) => errors.push(details) } }).tool('count', options, handler as never)
  await using client = await connectInMemory(shop)
  expect(await client.callTool('count')).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('Internal error') }] })
  expect(errors).toMatchObject([{ tool: 'count', method: 'tools/call', err: { message: expect.stringMatching(/BigInt|bigint|circular/) } }])
})

test('two spellings of one URI are one resource [case 27]', () => {
  const shop = server()
  shop.resource('shop://café', {}, handler)
  expect(() => shop.resource('shop://caf%c3%a9', {}, handler)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_DUPLICATE' }))
  expect((shop as unknown as McpServer).removeResource('shop://caf%C3%A9')).toBe(true)
})

test('undefined options are omitted, and the name is the registered one', async () => {
  const nothing = { name: undefined, title: undefined, inputSchema: undefined }
  const shop = server()
  shop.tool('hello', nothing, handler)
  shop.prompt('p', nothing, handler)
  shop.resource('a://b', nothing, handler)
  await using client = await connectInMemory(shop)
  expect([await client.listTools(), await client.listPrompts(), await client.listResources()]).toMatchObject([[{ name: 'hello' }], [{ name: 'p' }], [{ name: 'a://b' }]])
})
