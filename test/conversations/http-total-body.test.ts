/** Large bodies of all requests together have a bound, from before they are read until the requests are answered. */
import { describe, expect, test } from 'vitest'
import { HOST_NAMES, HOSTS } from '../doors/http-hosts.ts'
import { Peer } from '../doors/http-peer.ts'
import { RawClient, rawRequest } from '../doors/raw-http.ts'
import { gate, newServer } from '../doors/server.ts'

const KIB = 1024
const TOO_MANY = { status: 503, headers: { 'retry-after': '1' }, messages: [{ error: { code: -32603, data: { reason: 'too_many_bytes' } } }] }

describe.each(HOST_NAMES)('%s', (name) => {
  test('while a call holds its large arguments, another large body gets 503, and a small one is served', async () => {
    const [started, release] = [gate(), gate()]
    const server = newServer().tool('hold', { input: { type: 'object' } }, async () => {
      started.open()
      await release
      return 'held'
    })
    const { url } = await HOSTS[name](server, { maxTotalBody: 200 * KIB })
    const peer = await Peer.open(url, 'modern')
    const large = (id: number) => peer.text(id, 'tools/call', { name: 'hold', arguments: { text: 'x'.repeat(128 * KIB) } })
    const call = peer.post(large(1))
    await started
    expect(await peer.post(large(2))).toMatchObject(TOO_MANY)
    expect(await peer.request(3, 'tools/list')).toMatchObject({ status: 200 })
    release.open()
    expect(await call).toMatchObject({ status: 200 })
    await expect.poll(async () => (await peer.post(large(4))).status).toBe(200)
  })
})

// Behind /fetch, the host has the connections.
describe.each(HOST_NAMES.filter((name) => name !== 'fetch'))('%s', (name) => {
  test('bodies that never come hold their announced length, until their connections close', async () => {
    const { url } = await HOSTS[name](newServer().tool('t', {}, () => 'ok'), { maxTotalBody: 200 * KIB })
    const peer = await Peer.open(url, 'modern')
    const text = peer.text(1, 'tools/call', { name: 't', arguments: { text: 'x'.repeat(128 * KIB) } })
    const silent = await RawClient.open(url)
    silent.write(rawRequest(url, { headers: { ...peer.headers(text), 'content-length': 128 * KIB } }))
    await expect.poll(async () => (await peer.post(text)).status).toBe(503)
    await silent.close()
    await expect.poll(async () => (await peer.post(text)).status).toBe(200)
  })
})
