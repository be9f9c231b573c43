/** Wrong arguments of a tool: a protocol error up to 2025-06-18, and since then a result that the model can read. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere } from '../harness/index.ts'
import type { Json } from '../harness/message.ts'
import { newServer, textOf } from '../harness/server.ts'

const calls: unknown[] = []
const called = (args: unknown): string => `called ${calls.push(args)}`
const server = newServer()
  .tool('fields', { input: { n: z.number(), deep: z.object({ s: z.string() }).optional() } }, called)
  .tool('object', { input: z.object({ n: z.number() }) }, called)
  .tool('late', { input: { n: z.number().refine(async (n) => n > 0, 'must be positive') } }, called)
  .tool('none', {}, called)

const wrong: [tool: string, args: Json, named: string][] = [
  ['fields', {}, 'n'],
  ['fields', { n: '1' }, 'n'],
  ['fields', { n: null }, 'n'],
  ['fields', { n: 1, deep: { s: 1 } }, 'deep.s'],
  ['object', { n: [] }, 'n'],
  ['late', { n: -1 }, 'must be positive'],
]

describe.each(everywhere)('$name', ({ open, revision }) => {
  test.each(wrong)('%s with %j names "%s", and the tool is not called [C85] [C88]', async (name, args, named) => {
    const client = await open(server)
    const before = calls.length
    if (revision < '2025-11-25') {
      expect(await client.error('tools/call', { name, arguments: args })).toMatchObject({ code: -32602, message: expect.stringContaining(named) })
    } else {
      const result = await client.call(name, args)
      expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringContaining(named) }] })
    }
    expect(calls).toHaveLength(before)
  })

  test.each([[[1]], ['n=1'], [7], [true]])('arguments that are %j are invalid in every revision', async (args) => {
    const client = await open(server)
    const before = calls.length
    for (const name of ['fields', 'none']) expect(await client.error('tools/call', { name, arguments: args })).toMatchObject({ code: -32602 })
    expect(calls).toHaveLength(before)
  })

  test('missing arguments equal empty ones', async () => {
    const client = await open(server)
    expect(textOf(await client.call('none'))).toMatch(/^called/)
    expect(textOf(await client.call('none', {}))).toMatch(/^called/)
  })

  test('fields that are not in the map are dropped', async () => {
    const client = await open(server)
    await client.call('fields', { n: 1, more: 2 })
    expect(calls.at(-1)).toEqual({ n: 1 })
  })
})
