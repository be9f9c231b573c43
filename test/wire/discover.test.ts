/** `server/discover`: what a modern client may learn first, and any client may probe with. */
import { describe, expect, test } from 'vitest'
import { connect, everywhere, legacyWays, modernWays, oneWire, serve } from '../harness/index.ts'
import { MODERN, modernText, NEWEST_LEGACY, SERVER_INFO } from '../harness/message.ts'
import { newServer } from '../harness/server.ts'

describe.each(modernWays)('$name', ({ open }) => {
  test('returns the revisions, the capabilities and the name of the server [C47]', async () => {
    const server = newServer({ title: 'The suite', instructions: 'Be kind' })
      .tool('t', {}, () => 'ok')
      .prompt('p', {}, () => 'ok')
    const client = await open(server)
    expect(await client.result('server/discover')).toEqual({
      resultType: 'complete',
      supportedVersions: [MODERN],
      capabilities: { logging: {}, tools: { listChanged: true }, prompts: { listChanged: true } },
      instructions: 'Be kind',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: { [SERVER_INFO]: { name: 'suite', version: '1.0.0', title: 'The suite' } },
    })
  })

  test('works on an empty server [C47]', async () => {
    const client = await open(newServer())
    const result = await client.result('server/discover')
    expect(result).toMatchObject({ supportedVersions: [MODERN] })
    expect(result).not.toHaveProperty('instructions')
    expect(result.capabilities).not.toHaveProperty('tools')
  })
})

describe.each(legacyWays)('$name', ({ open }) => {
  test('does not exist in a session', async () => {
    const client = await open(newServer())
    expect(await client.error('server/discover')).toMatchObject({ code: -32601 })
  })
})

describe.each(everywhere.filter(({ revision }) => revision === NEWEST_LEGACY))('$door', ({ door, revision }) => {
  test('responds to a probe before any handshake; on SSE, the method does not exist', async () => {
    const client = await connect(await serve(door, newServer()), revision)
    const [answer] = await client.raw(modernText('probe', 'server/discover'))
    if (door === 'sse') expect(answer).toMatchObject({ id: 'probe', error: { code: -32601 } })
    else expect(answer).toMatchObject({ id: 'probe', result: { supportedVersions: [MODERN] } })
    expect(await client.initialize()).toMatchObject({ protocolVersion: revision })
  })
})

describe.each(oneWire.filter(({ door, modern }) => modern || door === 'sse'))('$name', ({ door, revision }) => {
  test('a probe leaves no session open', async () => {
    const client = await connect(await serve(door, newServer().tool('t', {}, () => 'ok')), revision)
    await client.raw(modernText('probe', 'server/discover'))
    expect(await client.raw(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }))).toMatchObject([{ id: 1, error: { code: -32600 } }])
  })
})
