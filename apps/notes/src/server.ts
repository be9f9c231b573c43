/** An MCP server for notes: tools to add, search and delete them, a resource for each note, and a prompt to summarize them. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { embed, isMain, McpServer } from '@gangway/core'
import { z } from 'zod'
import { NoteStore, type Note } from './store.ts'

export interface NotesOptions {
  /** Path of the database. Clients start servers in any directory, so the default is absolute. @default `NOTES_DB`, else ~/.gangway/notes.db */
  database?: string
}

const id = z.int().positive()
const found = z.object({ id, uri: z.string(), title: z.string(), createdAt: z.string(), excerpt: z.string() })

const uriOf = (note: { id: number }): string => `notes://${note.id}`
const withUri = <N extends { id: number }>(note: N): N & { uri: string } => ({ ...note, uri: uriOf(note) })
const toMarkdown = ({ title, text }: Note): string => `# ${title}\n\n${text}\n`

/** Opens the database when the server starts, and closes it when the server stops. */
export function createServer({ database = process.env['NOTES_DB'] || join(homedir(), '.gangway', 'notes.db') }: NotesOptions = {}) {
  let store: NoteStore
  return new McpServer({
    name: 'notes',
    title: 'Notes',
    version: '1.0.0',
    instructions: 'Search before you add a note, to avoid duplicates. To read a whole note, read the resource at its uri.',
  })
    .onStart(() => void (store = new NoteStore(database)))
    .onClose(() => store.close())

    .tool('add_note', {
      title: 'Add a note',
      description: 'Add a note. It is on disk when the tool returns.',
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
      input: {
        title: z.string().min(1).max(200).describe('One line that describes the note'),
        text: z.string().max(100_000).describe('Markdown'),
      },
      output: { id, uri: z.string().describe('URI of the resource with the note'), createdAt: z.string() },
    }, ({ title, text }) => {
      const { id, createdAt } = store.add(title, text)
      return { id, uri: uriOf({ id }), createdAt }
    })

    .tool('search_notes', {
      title: 'Search notes',
      description: 'Find notes that contain all of these words, or words that start with them. The best match comes first. Without words, returns the newest notes.',
      annotations: { readOnlyHint: true, openWorldHint: false },
      input: { words: z.string().max(1000).optional(), limit: z.int().min(1).max(100).default(20) },
      output: { notes: z.array(found) },
    }, ({ words, limit }) => ({ notes: (words?.trim() ? store.search(words, limit) : store.newest(limit)).map(withUri) }))

    .tool('delete_note', {
      title: 'Delete a note',
      description: 'Delete a note permanently. Deleting a missing note is not an error.',
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
      input: { id },
      output: { deleted: z.boolean().describe('False if the note did not exist') },
    }, ({ id }) => ({ deleted: store.delete(id) }))

    .resource('notes://index', {
      title: 'All notes',
      description: 'The number of notes, and the newest hundred',
      mimeType: 'application/json',
    }, () => ({ count: store.count(), newest: store.newest(100).map(({ id, title }) => ({ uri: uriOf({ id }), title })) }))

    .resource('notes://{id}', {
      title: 'A note',
      description: 'One note as Markdown',
      mimeType: 'text/markdown',
    }, ({ id }) => {
      const note = /^[1-9]\d*$/.test(id) ? store.get(Number(id)) : undefined
      return note && toMarkdown(note)
    })

    .prompt('summarize_notes', {
      title: 'Summarize notes',
      description: 'Summarize the notes about a topic',
      args: { topic: z.string().describe('Words that the notes contain; by default, the newest notes').optional() },
    }, ({ topic }) => {
      const notes = topic ? store.search(topic, 20) : store.newest(20)
      const embedded = notes.flatMap(({ id }) => store.get(id) ?? []).map((note) => embed(uriOf(note), toMarkdown(note), { mimeType: 'text/markdown' }))
      const about = topic ? ` about ${topic}` : ''
      if (embedded.length === 0) return `There are no notes${about}. Say so, and suggest a first one.`
      return [`Summarize what these notes say${about}. Cite each note by its uri, and point out contradictions.`, ...embedded]
    })
}

const server = createServer()

export default server
if (isMain(import.meta)) await server.run()
