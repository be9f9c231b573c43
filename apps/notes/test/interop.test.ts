/** The official clients use the notes, on every transport that they support. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients, type Connection } from './clients.ts'
import { doors, scratch } from './doors.ts'

const pairs = doors.flatMap((door) =>
  clients.flatMap((client) => {
    const era = client.eras.find((each) => door.eras.includes(each))
    return era ? [{ name: `${client.name} on ${door.name}`, client, door, era }] : []
  }),
)

describe.each(pairs)('$name', ({ client, door, era }) => {
  const { database, remove } = scratch()
  let opened: Awaited<ReturnType<typeof door.open>>
  let notes: Connection

  beforeAll(async () => {
    opened = await door.open(database())
    notes = await client.connect(opened.place)
    await notes.callTool({ name: 'add_note', arguments: { title: 'Tea', text: 'Three minutes, *not* four. 茶' } })
  })
  afterAll(async () => {
    await notes?.close()
    await opened?.close()
    remove()
  })

  test('gets the name of the server and the revision', () => {
    const revision = { legacy: '2025-11-25', modern: '2026-07-28' }[era]
    expect(notes.getNegotiatedProtocolVersion?.() ?? revision).toBe(revision)
    expect(notes.getServerVersion()).toEqual({ name: 'notes', title: 'Notes', version: '1.0.0' })
    expect(notes.getInstructions()).toMatch(/^Search before you add/)
  })

  test('lists the tools, with schemas and annotations', async () => {
    const { tools } = await notes.listTools()
    expect(tools).toMatchObject([
      { name: 'add_note', title: 'Add a note', annotations: { readOnlyHint: false, destructiveHint: false }, inputSchema: { type: 'object', required: ['title', 'text'] } },
      { name: 'search_notes', annotations: { readOnlyHint: true }, outputSchema: { type: 'object', required: ['notes'] } },
      { name: 'delete_note', annotations: { destructiveHint: true, idempotentHint: true }, outputSchema: { properties: { deleted: { type: 'boolean' } } } },
    ])
  })

  test('adds, finds and deletes notes, with results that its validator accepts', async () => {
    const added = await notes.callTool({ name: 'add_note', arguments: { title: 'Coffee', text: 'Grind it late.' } })
    const note = { id: expect.any(Number), uri: expect.stringMatching(/^notes:\/\/\d+$/), createdAt: expect.any(String) }
    expect(added).toMatchObject({ structuredContent: note, content: [{ type: 'text', text: expect.stringContaining('"uri":"notes://') }] })
    const { id } = (added as { structuredContent: { id: number } }).structuredContent

    const search = () => notes.callTool({ name: 'search_notes', arguments: { words: 'coffee grind' } })
    expect(await search()).toMatchObject({ structuredContent: { notes: [{ id, title: 'Coffee', excerpt: 'Grind it late.' }] } })
    expect(await notes.callTool({ name: 'delete_note', arguments: { id } })).toMatchObject({ structuredContent: { deleted: true } })
    expect(await notes.callTool({ name: 'delete_note', arguments: { id } })).toMatchObject({ structuredContent: { deleted: false } })
    expect(await search()).toMatchObject({ structuredContent: { notes: [] } })
  })

  test('lists resources and templates', async () => {
    expect((await notes.listResources()).resources).toMatchObject([{ uri: 'notes://index', title: 'All notes', mimeType: 'application/json' }])
    expect((await notes.listResourceTemplates()).resourceTemplates).toMatchObject([{ uriTemplate: 'notes://{id}', title: 'A note', mimeType: 'text/markdown' }])
  })

  test('reads a resource and a template', async () => {
    expect(await notes.readResource({ uri: 'notes://1' })).toMatchObject({ contents: [{ uri: 'notes://1', mimeType: 'text/markdown', text: '# Tea\n\nThree minutes, *not* four. 茶\n' }] })
    const index = await notes.readResource({ uri: 'notes://index' })
    expect(index).toMatchObject({ contents: [{ uri: 'notes://index', mimeType: 'application/json', text: expect.stringContaining('{"uri":"notes://1","title":"Tea"}') }] })
  })

  test('lists prompts and gets one, with and without its argument', async () => {
    expect((await notes.listPrompts()).prompts).toMatchObject([{ name: 'summarize_notes', arguments: [{ name: 'topic', required: false }] }])
    const tea = { role: 'user', content: { type: 'resource', resource: { uri: 'notes://1', mimeType: 'text/markdown', text: expect.stringMatching(/^# Tea/) } } }
    const about = await notes.getPrompt({ name: 'summarize_notes', arguments: { topic: 'minutes' } })
    expect(about).toMatchObject({ messages: [{ role: 'user', content: { type: 'text', text: expect.stringMatching(/about minutes\./) } }, tea] })
    expect(await notes.getPrompt({ name: 'summarize_notes' })).toMatchObject({ messages: expect.arrayContaining([tea]) })
    expect(await notes.getPrompt({ name: 'summarize_notes', arguments: { topic: 'whisky' } })).toMatchObject({ messages: [{ content: { text: /^There are no notes about whisky/ } }] })
  })

  test('gets invalid arguments as a result that the model can read', async () => {
    const result = await notes.callTool({ name: 'delete_note', arguments: { id: 'one' } })
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringMatching(/^Invalid arguments for tool delete_note: id: .*number/) }] })
  })

  test('gets the error of a rejected note', async () => {
    const result = await notes.callTool({ name: 'add_note', arguments: { title: 'Null', text: '\0' } })
    expect(result).toMatchObject({ isError: true, content: [{ type: 'text', text: expect.stringMatching(/U\+0000/) }] })
  })

  test('gets an error for a missing item', async () => {
    await expect(notes.callTool({ name: 'burn_note' })).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('Unknown tool: burn_note') })
    await expect(notes.getPrompt({ name: 'burn' })).rejects.toMatchObject({ code: -32602, message: expect.stringContaining('Unknown prompt: burn') })
    for (const uri of ['notes://99', 'notes://01', 'letters://1']) {
      await expect(notes.readResource({ uri })).rejects.toMatchObject({ code: client.notFound, data: { uri } })
    }
  })
})
