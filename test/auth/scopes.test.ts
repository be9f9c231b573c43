/** What a caller may use: decided for each request, whatever it is about, before anything of it is done. */
import type { AuthInfo } from '@gangway/core'
import { Session, serveEnvelope, parseEnvelope, requireRevision, IncomingRequests, parseMessage, type RequestMessage } from '@gangway/core/internal'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { initializeParams, modernText, NEWEST_LEGACY, requestText, type Json, type Message } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'
import { caller, serveBelieving } from './callers.ts'

const handled: string[] = []
const did = (what: string): string => {
  handled.push(what)
  return what
}

const newTarget = () =>
  newServer()
    .tool('free', {}, () => did('free'))
    .tool('write', { scopes: ['w', 'r'] }, () => did('write'))
    .resource('x://doc', { scopes: ['r'] }, () => did('doc'))
    .resource('x://orders/{order}', { scopes: ['o'], complete: { order: () => [did('1')] } }, () => did('order'))
    .prompt('greet', { scopes: ['p'], args: { name: z.string() }, complete: { name: () => [did('ada')] } }, () => did('greet'))

const COMPLETE_PROMPT = { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'name', value: '' } }
const COMPLETE_ORDER = { ref: { type: 'ref/resource', uri: 'x://orders/{order}' }, argument: { name: 'order', value: '' } }

const call = (id: number, name: string): string => requestText(id, 'tools/call', { name })

/** Requests, and what each needs. */
const NEEDS: readonly [method: string, params: Json, scopes: string[]][] = [
  ['tools/call', { name: 'write' }, ['w', 'r']],
  ['resources/read', { uri: 'x://doc' }, ['r']],
  ['resources/read', { uri: 'x://orders/7' }, ['o']],
  ['prompts/get', { name: 'greet', arguments: { name: 'ada' } }, ['p']],
  ['completion/complete', COMPLETE_PROMPT, ['p']],
  ['completion/complete', COMPLETE_ORDER, ['o']],
]
const forbidden = (scopes: string[]): object => ({
  status: 403,
  challenge: `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
  message: { error: { code: -32600, data: { reason: 'insufficient_scope', scopes } } },
})
const lacking = (scopes: string[]): string[] => ['free', 'r', 'w', 'o', 'p', 'base'].filter((scope) => scope !== scopes[0])

describe('http 2026-07-28', () => {
  test.each(NEEDS)('%s %j needs %j: 403 names all missing scopes, or the call succeeds [A2] [A7] [A8]', async (method, params, scopes) => {
    const { modern } = serveBelieving(newTarget())
    handled.length = 0
    for (const held of [[], lacking(scopes), scopes.map((scope) => scope.toUpperCase()), [`${scopes.join(' ')} x`]]) expect(await modern(caller('ada', ...held), method, params)).toMatchObject(forbidden(scopes))
    expect(handled).toEqual([])
    expect(await modern(caller('ada', ...scopes), method, params)).toMatchObject({ status: 200, message: { result: {} } })
    expect(handled).toHaveLength(1)
  })

  test('a subscription needs the scopes of all its resources at once [A8]', async () => {
    const { modern } = serveBelieving(newTarget())
    const params = { notifications: { toolsListChanged: true, resourceSubscriptions: ['x://doc', 'x://orders/1', 'x://orders/2', 'x://unknown'] } }
    expect(await modern(caller('ada', 'r'), 'subscriptions/listen', params)).toMatchObject(forbidden(['r', 'o']))
  })

  test('a completion needs the scopes of its own template, not of another item with the same URI', async () => {
    const complete = { complete: { order: () => [did('1')] } }
    const { modern } = serveBelieving(
      newServer()
        .resource('x://{kind}/{order}', { ...complete, scopes: ['any'] }, () => did('any'))
        .resource('x://orders/latest', {}, () => did('latest'))
        .resource('x://orders/{order}', { ...complete, scopes: ['o'] }, () => did('order')),
    )
    handled.length = 0
    const ask = (uri: string, scope: string) => modern(caller('ada', scope), 'completion/complete', { ref: { type: 'ref/resource', uri }, argument: { name: 'order', value: '' } })
    expect(await ask('x://orders/{order}', 'any')).toMatchObject(forbidden(['o']))
    expect(await ask('x://orders/latest', 'o')).toMatchObject(forbidden(['any'])) // The first that matches is asked for values, and needs its own.
    expect(handled).toEqual([])
    expect(await ask('x://orders/{order}', 'o')).toMatchObject({ status: 200, message: { result: { completion: { values: ['1'] } } } })
  })

  test('lists, and items without scopes, are available to everybody', async () => {
    const { modern } = serveBelieving(newTarget())
    for (const method of ['server/discover', 'tools/list', 'resources/list', 'resources/templates/list', 'prompts/list']) expect(await modern(caller('ada'), method)).toMatchObject({ status: 200 })
    expect(await modern(caller('ada'), 'tools/call', { name: 'free' })).toMatchObject({ status: 200 })
    expect(await modern(caller('ada'), 'tools/call', { name: 'none' })).toMatchObject({ status: 200, message: { error: { code: -32602 } } })
  })

  test('an invalid name is an error of the client, not an internal error', async () => {
    const { modern, legacy, open } = serveBelieving(newTarget())
    for (const name of [{ toString: 1, valueOf: 1 }, ['write'], null, 7]) {
      for (const [method, params] of [['tools/call', { name }], ['prompts/get', { name }], ['completion/complete', { ...COMPLETE_PROMPT, ref: { type: 'ref/prompt', name } }], ['resources/read', { uri: name }]] as const) {
        const { status, message } = await modern(caller('ada'), method, params)
        expect([method, status < 500, message.error?.code]).toEqual([method, true, expect.any(Number)])
        expect(message.error?.code).not.toBe(-32603)
        const session = await open(caller('ada'))
        expect(await legacy(caller('ada'), requestText(2, method, params as Json), session)).toMatchObject({ status: 200, message: { error: { code: -32602 } } })
      }
    }
  })
})

describe('http 2025-11-25', () => {
  test.each([...NEEDS, ['resources/subscribe', { uri: 'x://doc' }, ['r']], ['resources/subscribe', { uri: 'x://orders/7' }, ['o']]] as typeof NEEDS)('%s %j needs %j: 403 names all missing scopes, or the call succeeds [A2] [A7]', async (method, params, scopes) => {
    const { legacy, open } = serveBelieving(newTarget())
    const session = await open(caller('ada'))
    handled.length = 0
    for (const held of [[], lacking(scopes)]) expect(await legacy(caller('ada', ...held), requestText(2, method, params), session)).toMatchObject(forbidden(scopes))
    expect(handled).toEqual([])
    expect(await legacy(caller('ada', ...scopes), requestText(2, method, params), session)).toMatchObject({ status: 200, message: { result: {} } })
  })

  test('also without sessions', async () => {
    const { legacy } = serveBelieving(newTarget(), { sessions: 'none' })
    for (const [method, params, scopes] of NEEDS) {
      expect(await legacy(caller('ada', ...lacking(scopes)), requestText(2, method, params))).toMatchObject(forbidden(scopes))
      expect(await legacy(caller('ada', ...lacking(scopes)), `[${requestText(2, method, params)}]`)).toMatchObject({ status: 403 })
      expect(await legacy(caller('ada', ...scopes), requestText(2, method, params))).toMatchObject({ status: 200, message: { result: {} } })
    }
  })

  test.each(['legacy', 'none'] as const)('a batch needs the scopes of all its elements at once; %s [A2] [A7]', async (sessions) => {
    const { legacy, open } = serveBelieving(newTarget(), { sessions })
    const session = sessions === 'legacy' ? await open(caller('ada'), '2025-03-26') : undefined
    const batch = `[${[call(2, 'free'), call(3, 'write'), requestText(4, 'resources/read', { uri: 'x://orders/7' }), '7', call(5, 'write')].join()}]`
    handled.length = 0
    for (const held of [[], ['w', 'r'], ['o']]) expect(await legacy(caller('ada', ...held), batch, session)).toMatchObject(forbidden(['w', 'r', 'o']))
    expect(handled).toEqual([])
    await legacy(caller('ada', 'w', 'r', 'o'), batch, session)
    expect(handled.toSorted()).toEqual(['free', 'order', 'write', 'write'])
  })

  test('the scopes of the server are required for every HTTP method', async () => {
    const { legacy, open, modern } = serveBelieving(newServer({ scopes: ['base'] }).tool('write', { scopes: ['w'] }, () => did('write')))
    const session = await open(caller('ada', 'base'))
    handled.length = 0
    const needsBase = forbidden(['base'])
    for (const method of ['GET', 'DELETE'] as const) expect(await legacy(caller('ada', 'w'), '', session, method)).toMatchObject(needsBase)
    expect(await legacy(caller('ada', 'w'), requestText(2, 'tools/call', { name: 'write' }), session)).toMatchObject(needsBase)
    expect(await legacy(caller('ada', 'w'), requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)))).toMatchObject(needsBase)
    expect(await modern(caller('ada', 'w'), 'tools/list')).toMatchObject(needsBase)
    expect(await modern(caller('ada', 'base'), 'tools/call', { name: 'write' })).toMatchObject(forbidden(['base', 'w']))
    expect(handled).toEqual([])
    expect(await legacy(caller('ada', 'w', 'base'), requestText(2, 'tools/call', { name: 'write' }), session)).toMatchObject({ status: 200 })
  })
})

const session = async (): Promise<(auth: AuthInfo | undefined, method: string, params: Json) => Promise<Message>> => {
  const one = new Session(newTarget(), { send: () => {} })
  await one.receive(parseMessage(JSON.parse(requestText(1, 'initialize', initializeParams(NEWEST_LEGACY)))))
  await one.receive(parseMessage({ jsonrpc: '2.0', method: 'notifications/initialized' }))
  return async (auth, method, params) => (await one.receive(parseMessage({ jsonrpc: '2.0', id: 2, method, params }), { auth })) as Message
}
const alone = async (auth: AuthInfo | undefined, method: string, params: Json): Promise<Message> => {
  const server = newTarget()
  const request = parseMessage(JSON.parse(modernText(1, method, params))) as RequestMessage
  const envelope = parseEnvelope(request)
  return (await new IncomingRequests().run(1, () => {}, (exchange) => serveEnvelope(server, request, envelope, requireRevision(envelope), exchange, auth))) as Message
}

describe('in the engine, on every transport', () => {
  const REFUSED = { error: { code: -32600, data: { reason: 'insufficient_scope' } } }
  test.each(NEEDS)('%s %j needs %j of authenticated callers', async (method, params, scopes) => {
    for (const ask of [await session(), alone]) {
      handled.length = 0
      expect(await ask(caller('ada', ...lacking(scopes)), method, params)).toMatchObject(REFUSED)
      expect(handled).toEqual([])
      expect(await ask(caller('ada', ...scopes), method, params)).toMatchObject({ result: {} })
      expect(await ask(undefined, method, params)).toMatchObject({ result: {} }) // As on stdio: who started it is who asks.
    }
  })
})
