/** A server that can be replaced: who is opened and closed when, which routes stay, and what becomes of a replacement that is too late. */
import { describe, expect, test } from 'vitest'
import { nextTurn } from './next-turn.ts'
import { McpServer } from '../src/mcp-server.ts'
import { ReplaceableServer } from '../src/definition/replaceable-server.ts'
import type { RouteHandler } from '../src/definition/route.ts'
import { connectInMemory } from '../src/testing.ts'

const newServer = (): McpServer => new McpServer({ name: 'suite', version: '1.0.0', logger: { debug() {}, info() {}, warn() {}, error() {} } })

/** A server that notes down when it is opened and closed. */
const noted = (name: string, notes: string[]): McpServer =>
  newServer()
    .tool('say', {}, () => name)
    .onStart(() => void notes.push(`${name} starts`))
    .onClose(() => void notes.push(`${name} closes`))

const nothing = (): void => {}

const latch = (): { open: () => void; opened: Promise<void> } => {
  let open = nothing
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { open, opened }
}

describe('the hooks', () => {
  test('of the next server run before the replacement, and those of the last one before it closes', async () => {
    const notes: string[] = []
    const server = new ReplaceableServer(noted('a', notes))
    await server.open()
    await server.open()
    await server.replace(noted('b', notes))
    await server.close()
    await server.close()
    expect(notes).toEqual(['a starts', 'b starts', 'a closes', 'b closes'])
  })

  test('of a server that is replaced before it opens do not run', async () => {
    const notes: string[] = []
    const server = new ReplaceableServer(noted('a', notes))
    await server.replace(noted('b', notes))
    await server.open()
    await server.close()
    expect(notes).toEqual(['b starts', 'b closes'])
  })

  test('of the old server wait for its calls', async () => {
    const notes: string[] = []
    const [begun, go] = [latch(), latch()]
    const old = noted('a', notes).tool('slow', {}, async () => {
      begun.open()
      await go.opened
      notes.push('a answers')
    })
    const server = new ReplaceableServer(old)
    await using client = await connectInMemory(Object.assign(server, { toolTypes: old.toolTypes }))
    const call = client.callTool('slow')
    await begun.opened
    await server.replace(noted('b', notes))
    await client.callTool('say')
    notes.push('b answers')
    go.open()
    await call
    await client.close()
    expect(notes).toEqual(['a starts', 'b starts', 'b answers', 'a answers', 'a closes', 'b closes'])
  })

  test('of the old server do not wait for an endless call at shutdown', async () => {
    const notes: string[] = []
    const begun = latch()
    const old = noted('a', notes).tool('stuck', {}, () => (begun.open(), new Promise(() => {})))
    const server = new ReplaceableServer(old)
    await using client = await connectInMemory(Object.assign(server, { toolTypes: old.toolTypes }))
    client.callTool('stuck').catch(() => {})
    await begun.opened
    await server.replace(noted('b', notes))
    await client.close()
    expect(notes.toSorted()).toEqual(['a closes', 'a starts', 'b closes', 'b starts'])
  })

  test('of a next server that throw keep the old one', async () => {
    const notes: string[] = []
    const server = new ReplaceableServer(noted('a', notes))
    await server.open()
    const broken = newServer().onStart(() => {
      throw new Error('no database')
    })
    await expect(server.replace(broken)).rejects.toThrow('no database')
    expect(server.definition.tools.has('say')).toBe(true)
    await server.close()
    expect(notes).toEqual(['a starts', 'a closes'])
  })
})

describe('a replacement that opens slowly', () => {
  test('is ignored after a newer one', async () => {
    const notes: string[] = []
    const slow = latch()
    const server = new ReplaceableServer(noted('a', notes))
    await server.open()
    const late = server.replace(noted('late', notes).onStart(() => slow.opened))
    expect(await server.replace(noted('b', notes))).toBe(true)
    slow.open()
    expect(await late).toBe(false)
    await server.close()
    expect(notes).toEqual(['a starts', 'late starts', 'b starts', 'a closes', 'late closes', 'b closes'])
  })

  test('is ignored after close(), which does not wait for it', async () => {
    const notes: string[] = []
    const [begun, slow] = [latch(), latch()]
    const server = new ReplaceableServer(noted('a', notes))
    await server.open()
    const late = server.replace(noted('late', notes).onStart(() => (begun.open(), slow.opened)))
    await begun.opened
    await server.close()
    expect(notes).toEqual(['a starts', 'late starts', 'a closes'])
    slow.open()
    expect(await late).toBe(false)
    expect(notes.at(-1)).toBe('late closes')
  })
})

const saying = (text: string) => (): Response => new Response(text)

test('replacing a server by itself changes nothing', async () => {
  const notes: string[] = []
  const [only, heard] = [noted('a', notes), [] as unknown[]]
  const server = new ReplaceableServer(only)
  await server.open()
  server.changes.relay((change) => heard.push(change))
  expect(await server.replace(only)).toBe(true)
  await server.close()
  expect([notes, heard]).toEqual([['a starts', 'a closes'], []])
})

test('visibility can differ in the next server, so all lists are announced', async () => {
  const heard: unknown[] = []
  const server = new ReplaceableServer(newServer().tool('t', {}, () => 'ok'))
  server.changes.relay((change) => heard.push(change))
  await server.replace(newServer().tool('t', { visible: () => false }, () => 'ok'))
  await nextTurn()
  expect(heard).toEqual([{ list: 'tools' }, { list: 'resources' }, { list: 'prompts' }])
})

describe('routes', () => {
  const request = new Request('http://localhost/status')
  const answer = async (server: ReplaceableServer, path: string): Promise<string | undefined> => {
    const handler = server.routes.find((route) => route.path === path)?.handler as RouteHandler | undefined
    const response = await handler?.(request, { params: {}, auth: undefined })
    return response && `${response.status} ${await response.text()}`
  }
  test('that a host has mounted run on the current server', async () => {
    const server = new ReplaceableServer(newServer().route({ method: 'GET', path: '/status' }, saying('old')))
    const [taken] = server.routes
    await server.replace(newServer().route({ method: 'GET', path: '/status' }, saying('new')))
    expect(await (await taken?.handler(request, { params: {}, auth: undefined }))?.text()).toBe('new')
    expect(server.outdatedRoutes).toEqual([])
  })

  test('that are added or removed are named, and removed ones are 404', async () => {
    const server = new ReplaceableServer(newServer().route({ method: 'GET', path: '/old' }, saying('old')))
    await server.replace(newServer().route({ method: 'GET', path: '/new' }, saying('new')))
    expect(server.outdatedRoutes).toEqual(['GET /old', 'GET /new'])
    expect([await answer(server, '/old'), await answer(server, '/new')]).toEqual(['404 Not found', undefined])
  })

  test('that need another `auth` than before are not served by the host', async () => {
    const server = new ReplaceableServer(newServer().route({ method: 'GET', path: '/status', auth: 'public' }, saying('old')))
    await server.replace(newServer().route({ method: 'GET', path: '/status', auth: 'required' }, saying('secret')))
    expect(server.outdatedRoutes).toEqual(['GET /status'])
    expect(await answer(server, '/status')).toBe('404 Not found')
  })
})
