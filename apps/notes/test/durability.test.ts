/** Acknowledged notes survive a killed process. */
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterEach, expect, test } from 'vitest'
import { command, scratch } from './doors.ts'

const { database, remove } = scratch()
const opened: Client[] = []
afterEach(async () => {
  for (const client of opened) await client.close()
  remove()
})

async function start(): Promise<{ client: Client; transport: StdioClientTransport }> {
  const client = new Client({ name: 'durability', version: '1.0.0' })
  const transport = new StdioClientTransport(command(database()))
  opened.push(client)
  await client.connect(transport)
  return { client, transport }
}

const NOTES = 40

test('kill -9 during writes loses no acknowledged note', async () => {
  const { client, transport } = await start()
  const acknowledged = new Set<string>()
  const adding = Array.from({ length: NOTES }, async (_, index) => {
    const title = `note ${index}`
    await client.callTool({ name: 'add_note', arguments: { title, text: 'x'.repeat(1000) } })
    acknowledged.add(title)
    // Some notes are acknowledged by now; the others are in flight.
    if (acknowledged.size === NOTES / 4) process.kill(transport.pid ?? Number.NaN, 'SIGKILL')
  })
  await Promise.allSettled(adding)
  await client.close() // Waits for the process.
  expect(acknowledged.size).toBeGreaterThanOrEqual(NOTES / 4)

  const again = await start()
  const { structuredContent } = await again.client.callTool({ name: 'search_notes', arguments: { limit: 100 } })
  const { notes } = structuredContent as { notes: { title: string; uri: string }[] }
  expect(notes.map(({ title }) => title)).toEqual(expect.arrayContaining([...acknowledged]))
  for (const { uri } of notes) expect(await again.client.readResource({ uri })).toMatchObject({ contents: [{ text: expect.stringMatching(/^# note \d+\n\nx{1000}\n$/) }] })

  const [first = ''] = acknowledged
  const found = { notes: expect.arrayContaining([expect.objectContaining({ title: first })]) }
  expect(await again.client.callTool({ name: 'search_notes', arguments: { words: first } })).toMatchObject({ structuredContent: found })
})
