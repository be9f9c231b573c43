/** Resources and resource templates: listed, found by their URI, and read. */
import { describe, expect, test } from 'vitest'
import { contents, McpError, ResourceNotFoundError, resourceResult } from '@gangway/core'
import { everywhere } from '../harness/index.ts'
import { newServer } from '../harness/server.ts'

const server = newServer()
  .resource('shop://readme', { name: 'Read me', description: 'First', mimeType: 'text/plain', size: 5, annotations: { priority: 1 } }, () => 'hello')
  .resource('shop://logo', { mimeType: 'image/png' }, () => new Uint8Array([0, 1, 254, 255]))
  .resource('shop://prices', {}, () => ({ tea: 3 }))
  .resource('shop://count', {}, async () => 0)
  .resource('shop://empty', {}, () => '')
  .resource('shop://gone', {}, () => undefined)
  .resource('shop://null', {}, () => null)
  .resource('shop://whole', {}, () => resourceResult({ contents: [{ uri: 'shop://whole#1', text: 'one' }, { uri: 'shop://whole#2', text: 'two' }] }))
  .resource('shop://parts', {}, () => [contents('shop://parts#1', 'one', { mimeType: 'text/plain' }), contents('shop://parts#2', new Uint8Array([0, 1, 254, 255]))])
  .resource('shop://broken', {}, () => {
    throw new Error('The disk at /secret failed')
  })
  .resource('shop://denied', {}, () => {
    throw new McpError(-31000, 'Not for you')
  })
  .resource('shop://orders/{order}', { name: 'order', mimeType: 'application/json' }, ({ order }) => (order === 'none' ? undefined : { order }))
  .resource('shop://orders/latest', {}, () => 'the fixed one')
  .resource('shop://files/{+path}', {}, ({ path }) => path)
  .resource('shop://search{?query,limit}', {}, ({ query, limit }) => ({ query, limit }))
  .resource('shop://users/{user}/posts/{post}', {}, (params) => params)
  .resource('shop://café menu/{page}', {}, ({ page }) => page)
  .resource('shop://café/opening hours', {}, () => 'all day')
  .resource('shop://strict/{id}', {}, ({ id }) => {
    throw new ResourceNotFoundError(`shop://strict/${id}`)
  })

describe.each(everywhere)('$name', ({ open, modern }) => {
  const read = async (uri: unknown) => (await open(server)).result('resources/read', { uri })
  const fail = async (uri: unknown) => (await open(server)).error('resources/read', { uri })

  test('resources are listed with all their members [C100]', async () => {
    const client = await open(server)
    const { resources } = await client.result('resources/list')
    expect(resources).toHaveLength(13)
    expect(resources).toMatchObject([
      { uri: 'shop://readme', name: 'Read me', description: 'First', mimeType: 'text/plain', size: 5, annotations: { priority: 1 } },
      { uri: 'shop://logo', name: 'shop://logo', mimeType: 'image/png' },
      ...Array.from({ length: 11 }, () => ({})),
    ])
  })

  test('templates have a separate list', async () => {
    const client = await open(server)
    const { resourceTemplates } = await client.result('resources/templates/list')
    expect(resourceTemplates).toMatchObject([
      { uriTemplate: 'shop://orders/{order}', name: 'order', mimeType: 'application/json' },
      { uriTemplate: 'shop://files/{+path}', name: 'shop://files/{+path}' },
      { uriTemplate: 'shop://search{?query,limit}' },
      { uriTemplate: 'shop://users/{user}/posts/{post}' },
      { uriTemplate: 'shop://café menu/{page}' },
      { uriTemplate: 'shop://strict/{id}' },
    ])
  })

  test.each([
    ['shop://readme', [{ uri: 'shop://readme', mimeType: 'text/plain', text: 'hello' }]],
    ['shop://logo', [{ uri: 'shop://logo', mimeType: 'image/png', blob: 'AAH+/w==' }]],
    ['shop://prices', [{ uri: 'shop://prices', mimeType: 'application/json', text: '{"tea":3}' }]],
    ['shop://count', [{ uri: 'shop://count', mimeType: 'application/json', text: '0' }]],
    ['shop://empty', [{ uri: 'shop://empty', text: '' }]],
    ['shop://whole', [{ uri: 'shop://whole#1', text: 'one' }, { uri: 'shop://whole#2', text: 'two' }]],
    ['shop://parts', [{ uri: 'shop://parts#1', mimeType: 'text/plain', text: 'one' }, { uri: 'shop://parts#2', blob: 'AAH+/w==' }]],
  ])('%s is read as text, bytes or JSON, depending on its value [C103]', async (uri, contents) => {
    expect((await read(uri)).contents).toEqual(contents)
  })

  test.each([
    ['shop://orders/7', '{"order":"7"}'],
    ['shop://orders/a%20b%2Fc%25', '{"order":"a b/c%"}'],
    ['shop://orders/%C3%A9t%C3%A9', '{"order":"été"}'],
    ['shop://orders/constructor', '{"order":"constructor"}'],
    ['shop://orders/latest', 'the fixed one'],
    ['shop://files/a/b/c.txt', 'a/b/c.txt'],
    ['shop://search', '{}'],
    ['shop://search?query=red%20tea', '{"query":"red tea"}'],
    ['shop://search?limit=3&query=tea&other=x', '{"query":"tea","limit":"3"}'],
    ['shop://users/ann/posts/1', '{"user":"ann","post":"1"}'],
  ])('%s finds its reader and its variables', async (uri, text) => {
    expect((await read(uri)).contents).toMatchObject([{ uri, text }])
  })

  test.each([
    ['shop://caf%C3%A9%20menu/1', '1'],
    ['shop://caf%c3%a9 menu/a%20b', 'a b'],
    ['shop://café menu/é', 'é'],
    ['shop://caf%C3%A9/opening%20hours', 'all day'],
    ['shop://café/opening%20%68ours', 'all day'],
    ['shop://read%6De', 'hello'],
  ])('%s is found in any spelling, and the response has the spelling of the request [case 27]', async (uri, text) => {
    expect((await read(uri)).contents).toMatchObject([{ uri, text }])
  })

  test('a value that could match in billions of ways gets a response at once [case 5]', async () => {
    const client = await open(newServer().resource('repo://{owner}-{name}-{branch}-{file}', {}, (params) => params))
    expect(await client.error('resources/read', { uri: `repo://${'-'.repeat(700)}/` })).toMatchObject({ message: expect.stringContaining('not found') })
    expect(await client.result('resources/read', { uri: 'repo://a-b-c-d-e' })).toMatchObject({ contents: [{ text: '{"owner":"a-b","name":"c","branch":"d","file":"e"}' }] })
  })

  test.each([
    'shop://gone',
    'shop://null',
    'shop://nothing/here',
    'shop://orders/none',
    'shop://orders/',
    'shop://orders/a/b',
    'shop://orders/%zz',
    'shop://strict/5',
    'SHOP://readme',
    'constructor',
    '',
  ])('no resource at "%s": not found, with the URI [C101] [C102]', async (uri) => {
    expect(await fail(uri)).toMatchObject({ code: modern ? -32602 : -32002, message: expect.stringContaining('not found'), data: { uri } })
  })

  test.each([[undefined], [null], [7], [['shop://readme']]])('a URI that is %j is −32602 in every revision [C103]', async (uri) => {
    const error = await fail(uri)
    expect(error).toMatchObject({ code: -32602 })
    expect(error).not.toHaveProperty('data')
  })

  test('an overlong URI is −32602', async () => {
    expect(await fail(`shop://files/${'x'.repeat(10_000)}`)).toMatchObject({ code: -32602 })
  })

  test('an unexpected error is −32603 and masked [C101]', async () => {
    expect(await fail('shop://broken')).toEqual({ code: -32603, message: expect.stringMatching(/^Internal error \(error id [0-9a-f]{8}\)$/), data: { errorId: expect.any(String) } })
  })

  test('a protocol error of the reader is sent', async () => {
    expect(await fail('shop://denied')).toEqual({ code: -31000, message: 'Not for you' })
  })
})
