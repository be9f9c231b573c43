/** What a caller gets to see: what is not for it does not exist for it, and gives itself away by nothing. */
import type { AuthInfo, McpServer } from '@gangway/core'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { eachEvent } from '../harness/events.ts'
import { send } from '../harness/http-client.ts'
import { legacyHeaders, modernHeaders } from '../harness/http-headers.ts'
import { connect, serve } from '../harness/index.ts'
import { modernText, NEWEST_LEGACY, requestText, type Json, type Message } from '../harness/message.ts'
import { gate, logged, newServer } from '../harness/server.ts'
import { believe, caller, says, serveBelieving } from './callers.ts'
import { HTTP_HOSTS } from './hosts.ts'

const secret = { scopes: ['s'] }
const onlyRoot = { visible: (auth: AuthInfo | undefined) => auth?.subject === 'root' }

/** Each primitive for all, for those with a scope, and for root. */
const newTarget = (options: { hideForbidden?: boolean } = {}) => {
  const server = newServer({ ...options, cacheTtl: 1000, cacheScope: 'public' })
  for (const [name, access] of [['open', {}], ['scoped', secret], ['rooted', onlyRoot]] as const) {
    server
      .tool(name, { ...access, input: { type: 'object', properties: { a: { type: 'string', 'x-mcp-header': 'A' } }, required: ['a'] } }, () => name)
      .resource(`x://${name}`, access, () => name)
      .resource(`${name}://{id}`, { ...access, complete: { id: () => [name] } }, () => name)
      .prompt(name, { ...access, args: { id: z.string() }, complete: { id: () => [name] } }, () => name)
  }
  return server
}

const NAMES: Readonly<Record<string, readonly [list: string, name: string]>> = { 'tools/list': ['tools', 'name'], 'resources/list': ['resources', 'uri'], 'resources/templates/list': ['resourceTemplates', 'uriTemplate'], 'prompts/list': ['prompts', 'name'] }
const namesIn = (method: string, { result = {} }: Message): string[] => {
  const [list = '', name = ''] = NAMES[method] ?? []
  return (result[list] as Json[]).map((item) => /open|scoped|rooted|secret/.exec(String(item[name]))?.[0] ?? '')
}

const SIGHTS: readonly [hideForbidden: boolean, auth: AuthInfo, seen: string[]][] = [
  [false, caller('ada'), ['open', 'scoped']],
  [false, caller('root'), ['open', 'scoped', 'rooted']],
  [true, caller('ada'), ['open']],
  [true, caller('ada', 's'), ['open', 'scoped']],
  [true, caller('root', 's'), ['open', 'scoped', 'rooted']],
]

describe.each(SIGHTS)('hideForbidden %s, %j', (hideForbidden, auth, seen) => {
  test.each(Object.keys(NAMES))('%s, in both eras', async (method) => {
    const { modern, legacy, open } = serveBelieving(newTarget({ hideForbidden }))
    expect(namesIn(method, (await modern(auth, method)).message)).toEqual(seen)
    expect(namesIn(method, (await legacy(auth, requestText(2, method), await open(auth))).message)).toEqual(seen)
  })

  test('a hidden item gets the same response as an unknown item', async () => {
    const { modern, legacy, open } = serveBelieving(newTarget({ hideForbidden }))
    const session = await open(auth)
    const askAbout = async (name: string): Promise<unknown[]> => {
      const replies: unknown[] = []
      for (const [method, params] of [
        ['tools/call', { name }],
        ['prompts/get', { name, arguments: { id: '1' } }],
        ['resources/read', { uri: `x://${name}` }],
        ['resources/read', { uri: `${name}://1` }],
        ['completion/complete', { ref: { type: 'ref/prompt', name }, argument: { name: 'id', value: '' } }],
        ['completion/complete', { ref: { type: 'ref/resource', uri: `${name}://{id}` }, argument: { name: 'id', value: '' } }],
      ] as [string, Json][]) replies.push(await modern(auth, method, params), await legacy(auth, requestText(2, method, params), session))
      replies.push(await legacy(auth, requestText(2, 'resources/subscribe', { uri: `x://${name}` }), session))
      return JSON.parse(JSON.stringify(replies).replaceAll(name, '…'))
    }
    const unknown = await askAbout('unknown')
    for (const name of ['scoped', 'rooted']) {
      const replies = await askAbout(name)
      if (seen.includes(name)) expect(replies).not.toEqual(unknown)
      else expect(replies).toEqual(unknown)
    }
  })
})

const scopeOf = async (server: McpServer) => (await serveBelieving(server).modern(caller('ada'), 'tools/list')).message.result?.cacheScope

test('lists that differ between callers have private cache hints; other lists keep the configured scope', async () => {
  expect(await scopeOf(newTarget() as unknown as McpServer)).toBe('private')
  expect(await scopeOf(newServer({ cacheScope: 'public' }).tool('t', {}, () => '') as unknown as McpServer)).toBe('public')
  expect(await scopeOf(newServer({ cacheScope: 'public' }).tool('t', secret, () => '') as unknown as McpServer)).toBe('public')
  expect(await scopeOf(newServer({ cacheScope: 'public', hideForbidden: true }).tool('t', secret, () => '') as unknown as McpServer)).toBe('private')
})

test('the contents that an authenticated caller reads have private cache hints', async () => {
  const { modern } = serveBelieving(newServer().resource('x://doc', { cacheTtl: 1000, cacheScope: 'public' }, () => 'doc'))
  expect((await modern(caller('ada'), 'resources/read', { uri: 'x://doc' })).message.result).toMatchObject({ cacheScope: 'private' })
})

test.each<[string, () => boolean]>([
  ['throws', () => { throw new TypeError('The caller has no roles') }],
  ['promises to say', (async () => true) as never],
])('if `visible` %s, the item is hidden from everybody, and other items are unaffected', async (_, visible) => {
  const { logger, lines } = logged('error')
  const server = newServer({ logger }).tool('secret', { visible }, () => 'secret').tool('open', {}, () => 'open')
  const { modern } = serveBelieving(server)
  const auth = caller('ada')
  for (let times = 0; times < 2; times++) expect(namesIn('tools/list', (await modern(auth, 'tools/list')).message)).toEqual(['open'])
  expect(await modern(auth, 'tools/call', { name: 'secret' })).toMatchObject({ status: 200, message: { error: { code: -32602, message: 'Unknown tool: secret' } } })
  expect(await modern(auth, 'tools/call', { name: 'open' })).toMatchObject({ message: { result: { content: [{ text: 'open' }] } } })
  expect(lines).toMatchObject([[{ item: 'secret', err: expect.any(TypeError) }, expect.stringContaining('hidden')]])
})

test('`visible` is called once for each caller, until the server changes', async () => {
  const asked: (string | undefined)[] = []
  const server = newServer().tool('t', { visible: (auth) => asked.push(auth?.subject) > 0 }, () => '')
  const { modern } = serveBelieving(server)
  for (let times = 0; times < 3; times++) for (const subject of ['carol', 'dave']) await modern(caller(subject), 'tools/list')
  expect(asked).toEqual(['carol', 'dave'])
  server.tool('u', {}, () => '')
  expect(namesIn('tools/list', (await modern(caller('carol'), 'tools/list')).message)).toHaveLength(2)
  expect(asked).toEqual(['carol', 'dave', 'carol'])
})

const newLibrary = (options: { hideForbidden?: boolean } = {}) =>
  newServer(options)
    .resource('x://shelf', {}, () => 'all')
    .resource('x://shelf/open', {}, () => 'open')
    .resource('x://shelf/scoped', secret, () => 'scoped')
    .resource('x://shelf/rooted', onlyRoot, () => 'rooted')
    .resource('x://end', {}, () => 'end')

describe('only callers who can read a resource are notified of its changes', () => {
  const ALL = ['x://shelf/scoped', 'x://shelf/rooted', 'x://shelf/open', 'x://end'] as const

  /** What is said on a stream, until it tells of the last one. */
  async function heard(url: string, headers: object, server: McpServer, body?: string): Promise<unknown[]> {
    const uris: unknown[] = []
    const leaving = new AbortController()
    const done = gate()
    const stream = await send(url, { method: body === undefined ? 'GET' : 'POST', headers: { ...headers, accept: 'text/event-stream, application/json' }, body, signal: leaving.signal })
    stream.on('error', () => {})
    const reading = eachEvent(stream, ({ event, data }) => {
      if (event !== 'message' || data === '') return
      const { method, params }: Message = JSON.parse(data)
      if (method === 'notifications/subscriptions/acknowledged') for (const uri of ALL) server.changed(uri)
      if (method === 'notifications/resources/updated') uris.push(params?.uri)
      if (params?.uri === 'x://end') done.open()
    }).catch(() => {})
    if (body === undefined) for (const uri of ALL) server.changed(uri)
    await done
    leaving.abort()
    await reading
    return uris
  }

  test.each<[boolean, AuthInfo, string[]]>([
    [false, caller('ada'), ['open']],
    [false, caller('ada', 's'), ['scoped', 'open']],
    [false, caller('root', 's'), ['scoped', 'rooted', 'open']],
    [true, caller('ada'), ['open']],
  ])('http 2026-07-28, hideForbidden %s, %j', async (hideForbidden, auth, told) => {
    const server = newLibrary({ hideForbidden })
    const url = (await HTTP_HOSTS['http()']?.(server as unknown as McpServer, believe)) ?? ''
    const named = hideForbidden ? ['x://shelf/scoped', 'x://shelf/rooted'] : [] // To name what one does not see is to name nothing.
    const body = modernText(1, 'subscriptions/listen', { notifications: { resourceSubscriptions: ['x://shelf', 'x://end', ...named] } })
    expect(await heard(url, { ...modernHeaders(body), ...says(auth) }, server as unknown as McpServer, body)).toEqual([...told.map((name) => `x://shelf/${name}`), 'x://end'])
  })

  test('http 2025-11-25: a restricted resource notifies subscribers of its exact URI only', async () => {
    const server = newLibrary()
    const url = (await HTTP_HOSTS['http()']?.(server as unknown as McpServer, believe)) ?? ''
    const post = (text: string, session?: string) => send(url, { headers: { ...legacyHeaders(session, NEWEST_LEGACY), ...says(caller('ada', 's')) }, body: text })
    const { headers } = await post(requestText(1, 'initialize', { protocolVersion: NEWEST_LEGACY, capabilities: {}, clientInfo: { name: 'suite', version: '1' } }))
    const session = String(headers['mcp-session-id'])
    await post('{"jsonrpc":"2.0","method":"notifications/initialized"}', session)
    for (const uri of ['x://shelf', 'x://end']) await post(requestText(2, 'resources/subscribe', { uri }), session)
    const listening = { ...legacyHeaders(session, NEWEST_LEGACY), ...says(caller('ada', 's')) }
    expect(await heard(url, listening, server as unknown as McpServer)).toEqual(['x://shelf/open', 'x://end'])
    await post(requestText(3, 'resources/subscribe', { uri: 'x://shelf/scoped' }), session)
    expect(await heard(url, listening, server as unknown as McpServer)).toEqual(['x://shelf/scoped', 'x://shelf/open', 'x://end'])
  })
})

describe.each(['memory', 'stdio'] as const)('%s 2025-11-25', (door) => {
  test('scopes are not enforced without authentication', async () => {
    const server = newServer().resource('x://shelf', {}, () => 'all').resource('x://shelf/scoped', secret, () => 'scoped')
    const client = await connect(await serve(door, server), NEWEST_LEGACY)
    await client.handshake()
    await client.request('resources/subscribe', { uri: 'x://shelf' })
    server.changed('x://shelf/scoped')
    expect(await client.untilNotified('notifications/resources/updated')).toMatchObject({ params: { uri: 'x://shelf/scoped' } })
  })
})
