/** Which of a module's exports is the server. */
import { McpServer } from '@gangway/core'
import { isMcpServer } from '@gangway/core/internal'
import { expect, test } from 'vitest'
import { exportsOf } from '../src/load/exports.ts'
import { findServer, type FactoryContext } from '../src/load/find-server.ts'

const server = (name: string): McpServer => new McpServer({ name, version: '1.0.0' })
const find = async (module: object, exportName?: string): Promise<string | undefined> => (await findServer({ file: '/server.ts', module, exportName, args: ['a'] }))?.server.info.name

test('prefers default to mcp, server and app', async () => {
  const exports = { app: server('app'), server: server('server'), mcp: server('mcp'), default: server('default') }
  for (const name of ['default', 'mcp', 'server', 'app'] as const) {
    expect(await find(exports)).toBe(name)
    Reflect.deleteProperty(exports, name)
  }
  expect(await find(exports)).toBeUndefined()
})

test('ignores values that are not servers, and calls only a function that is the default export', async () => {
  expect(await find({ default: { other: 1 }, mcp: () => expect.unreachable(), server: 1, app: server('app') })).toBe('app')
  expect(await find({ default: () => server('made'), mcp: server('mcp') })).toBe('made')
  expect(await find({ default: class extends Map {}, mcp: server('mcp') })).toBe('mcp')
})

test('accepts a server of another copy of core', async () => {
  const foreign = { '~gangway': 'server', info: { name: 'foreign' } }
  expect(isMcpServer(foreign)).toBe(true)
  expect(await find({ default: foreign })).toBe('foreign')
})

test('passes the command line to a factory', async () => {
  const contexts: FactoryContext[] = []
  const create = (context: FactoryContext): McpServer => (contexts.push(context), server('made'))
  expect(await find({ create }, 'create')).toBe('made')
  expect(contexts).toEqual([{ args: ['a'], env: process.env }])
})

test('finds exports in CommonJS, compiled modules and their mixtures', async () => {
  const own = server('own')
  expect(await find({ default: { server: own } })).toBe('own')
  expect(await find({ default: { __esModule: true, default: own } })).toBe('own')
  expect(await find({ default: { servers: { one: own } } }, 'servers.one')).toBe('own')
  const circular: Record<string, unknown> = { mcp: own }
  circular['default'] = circular
  expect(await find({ default: circular, 'module.exports': circular })).toBe('own')
  expect([...exportsOf({ add: 1, default: { add: 1 }, 'module.exports': { add: 1 } }).keys()]).toEqual(['add'])
})

test('does not treat members of Object as exports', async () => {
  await expect(find({ servers: {} }, 'servers.constructor')).rejects.toMatchObject({ code: 'GANGWAY_E_EXPORT_NOT_FOUND' })
  await expect(find({}, 'toString')).rejects.toMatchObject({ code: 'GANGWAY_E_EXPORT_NOT_FOUND' })
})
