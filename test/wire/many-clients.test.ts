/** One server value, many clients over many transports at once: nobody hears what is meant for another. */
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Client } from '../harness/client.ts'
import { connect, serve, type DoorName } from '../harness/index.ts'
import { LEGACY, LOG_LEVEL, MODERN, type Revision } from '../harness/message.ts'
import { gate, newServer, textOf } from '../harness/server.ts'

const SESSIONS = 50

test('50 sessions over HTTP, and clients on stdio, SSE and in the modern era, share one server without cross-talk', async () => {
  const everybody = gate()
  let present = 0
  const clients: { client: Client; name: string }[] = []
  const server = newServer()
    .tool('work', { input: { name: z.string() } }, async ({ name }, { progress, log, client }) => {
      progress(1, 2, `${name} began`)
      log.error(`${name} logs`)
      if (++present === clients.length) everybody.open()
      await everybody // All calls are in flight before any goes on.
      log.error(`${name} logs again`)
      progress(2, 2, `${name} ended`)
      return `${name} on ${client.info?.name}`
    })
    .resource('a://{name}', {}, ({ name }) => name)

  async function join(door: DoorName, revisions: readonly Revision[]): Promise<void> {
    const served = await serve(door, server)
    const joined = await Promise.all(revisions.map((revision) => connect(served, revision)))
    await Promise.all(joined.map((client) => client.handshake()))
    for (const client of joined) clients.push({ client, name: `client ${clients.length}` })
  }
  await join('http', Array.from({ length: SESSIONS }, (_, index) => LEGACY[index % LEGACY.length] ?? MODERN))
  await join('http', Array.from({ length: 10 }, () => MODERN))
  await join('stdio', ['2025-11-25', MODERN])
  await join('sse', ['2024-11-05', '2024-11-05'])
  await join('memory', ['2025-06-18', MODERN])

  // The same id and the same token for all.
  const results = await Promise.all(
    clients.map(({ client, name }) => client.call('work', { name }, { id: 1, meta: { progressToken: 't', ...(client.modern && { [LOG_LEVEL]: 'error' }) } })),
  )
  expect(results.map(textOf)).toEqual(clients.map(({ name }) => `${name} on suite`))
  for (const { client, name } of clients) {
    const messages = client.revision === '2024-11-05' ? [undefined, undefined] : [`${name} began`, `${name} ended`] // The first revision has none.
    expect(client.notified('notifications/progress').map(({ params }) => params?.message)).toEqual(messages)
    expect(client.notified('notifications/message').map(({ params }) => params?.data)).toEqual([`${name} logs`, `${name} logs again`])
    expect(client.answersTo(1)).toHaveLength(1)
  }

  const read = await Promise.all(clients.map(({ client, name }) => client.result('resources/read', { uri: `a://${encodeURIComponent(name)}` })))
  expect(read.map(({ contents }) => (contents as [{ text: string }])[0].text)).toEqual(clients.map(({ name }) => name))

  server.removeResource('a://{name}')
  const sessions = clients.filter(({ client }) => !client.modern)
  await Promise.all(sessions.map(({ client }) => client.untilNotified('notifications/resources/list_changed')))
  for (const { client } of clients) expect(client.notified('notifications/resources/list_changed')).toHaveLength(client.modern ? 0 : 1)
})
