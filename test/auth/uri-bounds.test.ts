/** URIs over the length limit: rejected on every path before anything is matched, authorization included. */
import { describe, expect, test, vi } from 'vitest'
import { requestText } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'
import { caller, serveBelieving } from './callers.ts'

const LONG = `doc://${'x'.repeat(200_000)}`
const ada = caller('ada')

function serveDocuments() {
  const server = newServer()
    .resource('doc://{name}@{version}', { scopes: ['r'], complete: { name: () => ['a'] } }, () => 'text')
    .resource('doc://{name}/{version}', { visible: () => true }, () => 'text')
  const matches = [...server.definition.templates.values()].map(({ template }) => vi.spyOn(template, 'match'))
  return { app: serveBelieving(server), matched: () => matches.some(({ mock }) => mock.calls.length > 0) }
}

describe('a URI of 200 KB gets −32602, and no template is matched [case 5] [case 15]', () => {
  test.each([
    ['resources/read', { uri: LONG }],
    ['subscriptions/listen', { notifications: { resourceSubscriptions: [LONG] } }],
    ['completion/complete', { ref: { type: 'ref/resource', uri: LONG }, argument: { name: 'name', value: '' } }],
  ])('%s of a modern client', async (method, params) => {
    const { app, matched } = serveDocuments()
    expect(await app.modern(ada, method, params)).toMatchObject({ message: { error: { code: -32602 } } })
    expect(matched()).toBe(false)
  })

  test.each([
    ['resources/read', { uri: LONG }],
    ['resources/subscribe', { uri: LONG }],
    ['resources/unsubscribe', { uri: LONG }],
    ['completion/complete', { ref: { type: 'ref/resource', uri: LONG }, argument: { name: 'name', value: '' } }],
  ])('%s of a legacy client', async (method, params) => {
    const { app, matched } = serveDocuments()
    const session = await app.open(ada)
    expect(await app.legacy(ada, requestText(2, method, params), session)).toMatchObject({ message: { error: { code: -32602 } } })
    expect(matched()).toBe(false)
  })

  test('responds while one of the longest allowed URIs is matched', async () => {
    const { app, matched } = serveDocuments()
    expect(await app.modern(ada, 'resources/read', { uri: LONG.slice(0, 2048) })).toMatchObject({ message: { error: { data: { uri: LONG.slice(0, 2048) } } } })
    expect(matched()).toBe(true)
  })
})
