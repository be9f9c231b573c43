/** Prompts: listed with their arguments, and rendered into messages. */
import { image, message, promptResult, text } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everywhere } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const server = newServer()
  .prompt('plain', { description: 'Says hello' }, () => 'hello')
  .prompt('summarise', { args: { order: z.string().describe('its number'), tone: z.string().optional() } }, ({ order, tone = 'dry' }) => `Summarise order ${order}, ${tone}`)
  .prompt('talk', {}, () => [
    'one',
    message('assistant', 'two'),
    image('AAAA', 'image/png'),
  ])
  .prompt('whole', { description: 'Replaced' }, () => promptResult({ description: 'By itself', messages: [{ role: 'user', content: text('x') }] }))
  .prompt('count', { args: { n: z.coerce.number().int() } }, ({ n }) => String(n + 1))
  .prompt('broken', {}, () => {
    throw new Error('The disk at /secret failed')
  })

describe.each(everywhere)('$name', ({ open }) => {
  const get = async (name: unknown, args?: unknown) => (await open(server)).result('prompts/get', { name, ...(args !== undefined && { arguments: args }) })
  const fail = async (name: unknown, args?: unknown) => (await open(server)).error('prompts/get', { name, ...(args !== undefined && { arguments: args }) })

  test('are listed with their arguments [C110]', async () => {
    const { prompts } = await (await open(server)).result('prompts/list')
    expect(prompts).toHaveLength(6)
    expect((prompts as unknown[]).slice(0, 2)).toEqual([
      { name: 'plain', description: 'Says hello' },
      { name: 'summarise', arguments: [{ name: 'order', description: 'its number', required: true }, { name: 'tone', required: false }] },
    ])
  })

  test('a string is one message of the user', async () => {
    expect(await get('plain')).toMatchObject({ description: 'Says hello', messages: [{ role: 'user', content: { type: 'text', text: 'hello' } }] })
  })

  test('the handler gets the arguments, and optional ones can be missing', async () => {
    expect(await get('summarise', { order: '7' })).toMatchObject({ messages: [{ content: { text: 'Summarise order 7, dry' } }] })
    expect(await get('summarise', { order: '7', tone: 'warm', other: 'x' })).toMatchObject({ messages: [{ content: { text: 'Summarise order 7, warm' } }] })
    expect(await get('count', { n: '41' })).toMatchObject({ messages: [{ content: { text: '42' } }] })
  })

  test('messages, blocks and strings can be mixed', async () => {
    expect((await get('talk')).messages).toEqual([
      { role: 'user', content: { type: 'text', text: 'one' } },
      { role: 'assistant', content: { type: 'text', text: 'two' } },
      { role: 'user', content: { type: 'image', data: 'AAAA', mimeType: 'image/png' } },
    ])
  })

  test('promptResult() passes unchanged', async () => {
    expect(await get('whole')).toMatchObject({ description: 'By itself', messages: [{ role: 'user', content: { text: 'x' } }] })
  })

  test.each(['nobody', '', '__proto__', 'constructor', undefined, null, 7])('the unknown prompt %s is −32602 [C110]', async (name) => {
    expect(await fail(name)).toMatchObject({ code: -32602 })
  })

  test.each([
    ['a missing argument', 'summarise', {}, 'order'],
    ['no arguments at all', 'summarise', undefined, 'order'],
    ['an argument that is not a string', 'summarise', { order: 7 }, 'order'],
    ['an extra argument that is not a string', 'plain', { extra: 7 }, 'extra'],
    ['an argument that its schema refuses', 'count', { n: 'many' }, 'n'],
    ['arguments that are a list', 'plain', ['x'], 'arguments'],
  ])('%s is −32602, and the error names it [C110]', async (_, name, args, named) => {
    expect(await fail(name, args)).toMatchObject({ code: -32602, message: expect.stringContaining(named) })
  })

  test('an unexpected error is −32603 and masked', async () => {
    expect(await fail('broken')).toEqual({ code: -32603, message: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/), data: { errorId: expect.any(String) } })
  })
})
