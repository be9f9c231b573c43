/** Stores notes in a libsql database with a full-text index. When `add` or `delete` returns, the change survives `kill -9` and a power failure. */
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { ToolError } from '@gangway/core'
import Database from 'libsql'

export interface Note {
  readonly id: number
  readonly title: string
  readonly text: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
}

export interface FoundNote extends Omit<Note, 'text'> {
  /** The part of the note that matches, or the start of the note. */
  readonly excerpt: string
}

// AUTOINCREMENT never reuses the id of a deleted note, so an old URI cannot show another note.
// The index stores no text. Triggers update it in the same transaction as the notes.
const SCHEMA = `
  create table if not exists note (
    id integer primary key autoincrement,
    title text not null,
    text text not null,
    created_at text not null
  ) strict;
  create virtual table if not exists note_index using fts5(title, text, content='note', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
  create trigger if not exists note_added after insert on note begin
    insert into note_index(rowid, title, text) values (new.id, new.title, new.text);
  end;
  create trigger if not exists note_deleted after delete on note begin
    insert into note_index(note_index, rowid, title, text) values ('delete', old.id, old.title, old.text);
  end;`

// Milliseconds to wait while another process writes to the same file: each stdio client starts a separate server.
const BUSY_TIMEOUT = 5000

export class NoteStore {
  readonly #database: Database.Database

  /** Creates the file and its folder if they are missing. */
  constructor(path: string) {
    try {
      mkdirSync(dirname(resolve(path)), { recursive: true })
      this.#database = new Database(path, { timeout: BUSY_TIMEOUT })
      this.#database.pragma('journal_mode = wal') // Readers do not wait for a writer.
      this.#database.pragma('synchronous = full') // A write returns when it is on disk. With `normal`, a power failure could lose the last writes.
      this.#database.exec(SCHEMA)
    } catch (cause) {
      throw new Error(`Cannot open the notes in ${path} (${cause instanceof Error ? cause.message : String(cause)}). Set NOTES_DB to another file`, { cause })
    }
  }

  add(title: string, text: string): Note {
    // libsql silently cuts the text there.
    if (`${title}${text}`.includes('\0')) throw new ToolError('A note cannot contain the character U+0000. Remove it')
    const createdAt = new Date().toISOString()
    const { lastInsertRowid } = this.#database.prepare('insert into note (title, text, created_at) values (?, ?, ?)').run(title, text, createdAt)
    return { id: Number(lastInsertRowid), title, text, createdAt }
  }

  get(id: number): Note | undefined {
    const [note] = this.#all<Note>('select id, title, text, created_at as createdAt from note where id = ?', id)
    return note
  }

  /** Returns false if the note does not exist. */
  delete(id: number): boolean {
    return this.#database.prepare('delete from note where id = ?').run(id).changes > 0
  }

  /** Finds notes that contain all words, or words that start with them. The best match comes first. */
  search(words: string, limit: number): FoundNote[] {
    return this.#all<FoundNote>(
      `select note.id, note.title, note.created_at as createdAt, snippet(note_index, 1, '', '', '…', 32) as excerpt
       from note_index join note on note.id = note_index.rowid where note_index match ? order by rank, note.id desc limit ?`,
      toMatch(words),
      limit,
    )
  }

  newest(limit: number): FoundNote[] {
    return this.#all<FoundNote>('select id, title, created_at as createdAt, substr(text, 1, 200) as excerpt from note order by id desc limit ?', limit)
  }

  count(): number {
    return this.#all<{ count: number }>('select count(*) as count from note')[0]?.count ?? 0
  }

  /** Closes the database, and moves all data from the write-ahead log to the file. */
  close(): void {
    this.#database.pragma('wal_checkpoint(truncate)')
    this.#database.close()
  }

  /** Uses `all()` for single rows too, because libsql adds `_metadata` to rows of `get()`. */
  #all<Row>(sql: string, ...values: (string | number)[]): Row[] {
    return this.#database.prepare<(string | number)[]>(sql).all(...values) as Row[]
  }
}

/** Keeps only letters and digits, so that no text is read as query syntax. Text without them matches nothing. */
function toMatch(text: string): string {
  const words = text.match(/[\p{Letter}\p{Mark}\p{Number}]+/gu) ?? ['']
  return words.map((word) => `"${word}"*`).join(' ')
}
