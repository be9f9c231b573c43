/** Notes that people and models share: tools to add, search and delete them, each note a resource, and a prompt to sum them up. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import { embed, isMain, McpServer } from '@gangway/core'
import { z } from 'zod'
import { NoteStore, type Note } from './store.ts'

export interface NotesOptions {
  /** A client may start a server in any directory, so the notes have one place. @default `NOTES_DB`, else ~/.gangway/notes.db */
  database?: string
}

const id = z.int().positive()
const found = z.object({ id, uri: z.string(), title: z.string(), createdAt: z.string(), excerpt: z.string() })

const uriOf = (note: { id: number }): string => `notes://${note.id}`
const withUri = <N extends { id: number }>(note: N): N & { uri: string } => ({ ...note, uri: uriOf(note) })
const toMarkdown = ({ title, text }: Note): string => `# ${title}\n\n${text}\n`

/** The file is opened when the first client is about to be served, and closed after the last. */
export function createServer({ database = process.env['NOTES_DB'] || join(homedir(), '.gangway', 'notes.db') }: NotesOptions = {}) {
  let store: NoteStore
  return new McpServer({
    name: 'notes',
    title: 'Notes',
    version: '1.0.0',
    instructions: 'Search before you add, so that no note is written twice. Read a whole note as the resource at its uri.',
  })
    .onStart(() => void (store = new NoteStore(database)))
    .onClose(() => store.close())

    .tool('add_note', {
      title: 'Add a note',
      description: 'Keep a note. It is on disk when this returns.',
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
      input: {
        title: z.string().min(1).max(200).describe('One line that says what the note is about'),
        text: z.string().max(100_000).describe('Markdown'),
      },
      output: { id, uri: z.string().describe('The resource at which the note can be read'), createdAt: z.string() },
    }, ({ title, text }) => {
      const { id, createdAt } = store.add(title, text)
      return { id, uri: uriOf({ id }), createdAt }
    })

    .tool('search_notes', {
      title: 'Search notes',
      description: 'Find notes that have all of some words, or words that begin so; the best match first. Without words, the newest notes.',
      annotations: { readOnlyHint: true, openWorldHint: false },
      input: { words: z.string().max(1000).optional(), limit: z.int().min(1).max(100).default(20) },
      output: { notes: z.array(found) },
    }, ({ words, limit }) => ({ notes: (words?.trim() ? store.search(words, limit) : store.newest(limit)).map(withUri) }))

    .tool('delete_note', {
      title: 'Delete a note',
      description: 'Delete a note for good. To delete one that is not there is no error.',
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
      input: { id },
      output: { deleted: z.boolean().describe('False if there was no such note') },
    }, ({ id }) => ({ deleted: store.delete(id) }))

    .resource('notes://index', {
      title: 'All notes',
      description: 'How many notes there are, and the newest hundred',
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

    .prompt('summarise_notes', {
      title: 'Summarise notes',
      description: 'Sum up what the notes say about a topic',
      args: { topic: z.string().describe('Words that the notes have; all notes if left out').optional() },
    }, ({ topic }) => {
      const notes = topic ? store.search(topic, 20) : store.newest(20)
      const embedded = notes.flatMap(({ id }) => store.get(id) ?? []).map((note) => embed(uriOf(note), toMarkdown(note), { mimeType: 'text/markdown' }))
      const about = topic ? ` about ${topic}` : ''
      if (embedded.length === 0) return `There are no notes${about}. Say so, and suggest what a first one could hold.`
      return [`Summarise what these notes say${about}. Cite each by its uri, and point out what they disagree on.`, ...embedded]
    })
}

const server = createServer()

export default server
if (isMain(import.meta)) await server.run()
