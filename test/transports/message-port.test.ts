/** The transport in docs/transports.md serves a client. */
import { readFileSync } from 'node:fs'
import { McpServer } from '@gangway/core'
import { expect, test } from 'vitest'
import { gate } from '../harness/server.ts'
import { connectTo } from './message-port-client.ts'
import { messagePort } from './message-port.ts'

test('the page shows the programs of this folder', () => {
  const page = readFileSync(new URL('../../docs/transports.md', import.meta.url), 'utf8')
  for (const name of ['message-port.ts', 'message-port-client.ts']) expect(page).toContain(`\`\`\`ts\n${readFileSync(new URL(name, import.meta.url), 'utf8')}\`\`\``)
})

test('a client lists and calls tools, and a call in flight gets its response while the server shuts down', async () => {
  const opened = gate()
  const called = gate()
  const server = new McpServer({ name: 'shop', version: '1.0.0' })
    .tool('hello', {}, () => 'Hello')
    .tool('wait', {}, async () => {
      called.open()
      await opened
      return 'done'
    })
  const { port1, port2 } = new MessageChannel()
  const running = await messagePort(port1).serve(server)
  const client = await connectTo(port2)
  expect((await client.listTools()).map(({ name }) => name)).toEqual(['hello', 'wait'])
  expect(await client.callTool('hello')).toMatchObject({ content: [{ text: 'Hello' }] })
  const waiting = client.callTool('wait')
  await called
  const closed = running.close()
  opened.open()
  expect(await waiting).toMatchObject({ content: [{ text: 'done' }] })
  await closed
  await running.closed
  await client.close()
})
