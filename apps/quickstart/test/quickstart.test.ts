/** Runs the program in the README as the README describes. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, expect, test } from 'vitest'

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const file = pathOf('../src/server.ts')
const client = new Client({ name: 'quickstart', version: '1.0.0' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })

beforeAll(() => client.connect(new StdioClientTransport({ command: process.execPath, args: [pathOf('../../../packages/cli/dist/bin.js'), 'run', file], stderr: 'ignore' })))
afterAll(() => client.close())

const find = async (args: object): Promise<unknown> => (await client.callTool({ name: 'find_products', arguments: { ...args } })).structuredContent

test('has at most 20 lines', () => {
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20)
})

test('finds products by name and maximum price', async () => {
  expect(await find({ name: 'Lamp' })).toEqual({ products: [{ id: 'p2', name: 'reading lamp', price: 65 }] })
  expect(await find({ name: 'lamp', maxPrice: 50 })).toEqual({ products: [] })
})

test('serves a product as a resource', async () => {
  const { resourceTemplates } = await client.listResourceTemplates()
  expect(resourceTemplates).toMatchObject([{ uriTemplate: 'shop://products/{id}', title: 'A product' }])
  const [product] = (await client.readResource({ uri: 'shop://products/p1' })).contents
  expect(product).toMatchObject({ mimeType: 'application/json', text: '{"id":"p1","name":"enamel kettle","price":48}' })
  await expect(client.readResource({ uri: 'shop://products/p3' })).rejects.toMatchObject({ data: { uri: 'shop://products/p3' } })
})

test('returns the prompt', async () => {
  const { messages } = await client.getPrompt({ name: 'gift', arguments: { person: 'Ada' } })
  expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: 'Find a gift for Ada in the shop, and say why it suits.' } }])
})
