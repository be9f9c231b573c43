/** The store: search, and what is on disk. */
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NoteStore } from '../src/store.ts'

let directory: string
let store: NoteStore
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gangway-notes-'))
  store = new NoteStore(join(directory, 'notes.db'))
})
afterEach(() => {
  store.close()
  rmSync(directory, { recursive: true })
})

const titles = (words: string, limit = 20): string[] => store.search(words, limit).map(({ title }) => title)

test('returns a note unchanged', () => {
  const note = store.add('Quotes \' " `', 'Zeile\nзаметка 日本語 🎉 --; drop table note')
  expect(note).toEqual({ id: 1, title: 'Quotes \' " `', text: 'Zeile\nзаметка 日本語 🎉 --; drop table note', createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) })
  expect(store.get(1)).toEqual(note)
  expect(store.get(2)).toBeUndefined()
  expect(store.get(Number.MAX_VALUE)).toBeUndefined()
  expect(() => store.add('Null', 'a\0b')).toThrow('U+0000')
  expect(store.count()).toBe(1)
})

test('finds the start of words in titles and texts, ignoring case and accents', () => {
  store.add('Café', 'A bag of beans')
  store.add('Baker', 'Bread & butter')
  expect(titles('cafe')).toEqual(['Café'])
  expect(titles('BEA')).toEqual(['Café'])
  expect(titles('beans bag')).toEqual(['Café'])
  expect(titles('beans bread')).toEqual([])
  expect(titles('ean')).toEqual([])
  expect(titles('б')).toEqual([])
})

test.each(['"', '""', "'", '*', '-', 'NEAR(', 'title:', '(', '^', '+', '\\', '%', '_', '\0', '🎉', ' ', '{a}:', 'a AND'])('%j is text, not a query language', (words) => {
  store.add('Nothing', 'to see here')
  expect(titles(words)).toEqual([])
})

test('returns the best match first, up to the limit', () => {
  store.add('Long', `${'other words '.repeat(50)}tea`)
  store.add('Tea', 'tea')
  store.add('Milk', 'milk')
  expect(titles('tea')).toEqual(['Tea', 'Long'])
  expect(titles('tea', 1)).toEqual(['Tea'])
  expect(store.newest(2).map(({ title }) => title)).toEqual(['Milk', 'Tea'])
  expect(store.search('tea', 2)[1]?.excerpt).toMatch(/^….+tea$/)
})

test('does not find a deleted note, and does not reuse its id', () => {
  store.add('Tea', 'green')
  expect(store.delete(1)).toBe(true)
  expect(store.delete(1)).toBe(false)
  expect(titles('tea')).toEqual([])
  expect(store.add('Tea', 'black').id).toBe(2)
  expect(store.count()).toBe(1)
})

test('two processes can share a file', () => {
  const other = new NoteStore(join(directory, 'notes.db'))
  store.add('Mine', '')
  other.add('Yours', '')
  expect(store.newest(9)).toEqual(other.newest(9))
  expect(store.count()).toBe(2)
  other.close()
})

test('close() moves all data to one file', () => {
  const path = join(directory, 'deep', 'er', 'notes.db')
  const deep = new NoteStore(path)
  deep.add('Kept', '')
  deep.close()
  expect(statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)
  rmSync(`${path}-wal`, { force: true })
  const again = new NoteStore(path)
  expect(again.count()).toBe(1)
  again.close()
})

test('names a file that it cannot open, and suggests NOTES_DB', () => {
  const path = join(directory, 'letter.txt')
  writeFileSync(path, 'Dear database, '.repeat(100))
  expect(() => new NoteStore(path)).toThrow(/letter\.txt \(.*not a database\).*NOTES_DB/)
  expect(() => new NoteStore(join(path, 'notes.db'))).toThrow(/notes\.db.*NOTES_DB/)
  expect(existsSync(path)).toBe(true)
})
