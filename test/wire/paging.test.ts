/** Pages of the four lists: each item once and in order, and cursors that any process can go on from. */
import { describe, expect, test } from 'vitest'
import type { McpServer } from '@gangway/core'
import { everywhere } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'
import type { Client } from '../harness/client.ts'

const NUMBERS = Array.from({ length: 7 }, (_, index) => index)

function newShop(options: { pageSize?: number } = {}): McpServer {
  const server = newServer(options)
  for (const index of NUMBERS) {
    server.tool(`tool ü${index}`, {}, () => 'ok')
    server.resource(`shop://ü/${index}`, {}, () => 'ok')
    server.resource(`shop://${index}/{u}`, {}, () => 'ok')
    server.prompt(`prompt ü${index}`, {}, () => 'ok')
  }
  return server
}

const LISTS = [
  ['tools/list', 'tools', 'name', (index: number) => `tool ü${index}`],
  ['resources/list', 'resources', 'uri', (index: number) => `shop://ü/${index}`],
  ['resources/templates/list', 'resourceTemplates', 'uriTemplate', (index: number) => `shop://${index}/{u}`],
  ['prompts/list', 'prompts', 'name', (index: number) => `prompt ü${index}`],
] as const

const REMOVE = {
  'tools/list': (server: McpServer) => server.removeTool('tool ü2'),
  'resources/list': (server: McpServer) => server.removeResource('shop://ü/2'),
  'resources/templates/list': (server: McpServer) => server.removeResource('shop://2/{u}'),
  'prompts/list': (server: McpServer) => server.removePrompt('prompt ü2'),
}

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('a page size of %d throws where it is written', (pageSize) => {
  expect(() => newServer({ pageSize })).toThrow(expect.objectContaining({ code: 'GANGWAY_E_PAGE_SIZE' }))
})

/** The pages of a list, as the names on each. */
async function walk(clients: readonly Client[], method: string, list: string, key: string): Promise<unknown[][]> {
  const pages: unknown[][] = []
  let cursor: unknown
  do {
    const client = clients[pages.length % clients.length] as Client
    const result = await client.result(method, cursor === undefined ? {} : { cursor })
    pages.push((result[list] as Record<string, unknown>[]).map((item) => item[key]))
    cursor = result.nextCursor
    expect(['string', 'undefined']).toContain(typeof cursor)
  } while (cursor !== undefined)
  return pages
}

describe.each(everywhere)('$name', ({ open }) => {
  describe.each(LISTS)('%s', (method, list, key, nameOf) => {
    const names = NUMBERS.map(nameOf)

    test.each([
      [1, [1, 1, 1, 1, 1, 1, 1]],
      [3, [3, 3, 1]],
      [7, [7]],
      [8, [7]],
    ])('in pages of %i, every item is listed once and in order, and the last page has no cursor [C81] [C125]', async (pageSize, sizes) => {
      const pages = await walk([await open(newShop({ pageSize }))], method, list, key)
      expect(pages.flat()).toEqual(names)
      expect(pages.map(({ length }) => length)).toEqual(sizes)
    })

    test('without a page size, there is one page', async () => {
      const result = await (await open(newShop())).result(method)
      expect(result[list]).toHaveLength(7)
      expect(result).not.toHaveProperty('nextCursor')
    })

    test('another process with the same definition accepts a cursor [C51] [C125]', async () => {
      const clients = [await open(newShop({ pageSize: 2 })), await open(newShop({ pageSize: 2 }))]
      expect((await walk(clients, method, list, key)).flat()).toEqual(names)
    })

    test('an unknown cursor is −32602, including empty and non-string ones [C125]', async () => {
      const client = await open(newShop({ pageSize: 3 }))
      for (const cursor of ['', 'nonsense', 'AAAA', '!!!', '2', 2, 0, true, {}, ['x'], 'x'.repeat(100_000)]) expect(await client.error(method, { cursor })).toMatchObject({ code: -32602 })
    })

    test('without pages, an unknown cursor is also −32602 [C125]', async () => {
      const client = await open(newShop())
      for (const cursor of ['', 'nonsense', 7]) expect(await client.error(method, { cursor })).toMatchObject({ code: -32602 })
    })

    test('the cursor of another list is −32602 [C125]', async () => {
      const client = await open(newShop({ pageSize: 3 }))
      const other = LISTS.find(([candidate]) => candidate !== method)?.[0] ?? ''
      const { nextCursor } = await client.result(other)
      expect(await client.error(method, { cursor: nextCursor })).toMatchObject({ code: -32602 })
    })

    test('a cursor stays valid when items are added, and is −32602 if its item is removed [C125]', async () => {
      const server = newShop({ pageSize: 3 })
      const client = await open(server)
      const { nextCursor } = await client.result(method)
      server.tool('more', {}, () => 'ok').resource('shop://more', {}, () => 'ok').resource('shop://more/{u}', {}, () => 'ok').prompt('more', {}, () => 'ok')
      const { [list]: second } = await client.result(method, { cursor: nextCursor })
      expect((second as Record<string, unknown>[]).map((item) => item[key])).toEqual(names.slice(3, 6))
      expect(REMOVE[method](server)).toBe(true)
      expect(await client.error(method, { cursor: nextCursor })).toMatchObject({ code: -32602 })
    })
  })
})
