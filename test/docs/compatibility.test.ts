/** docs/compatibility.md: each row names a test that there is. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const rows = readFileSync(new URL('docs/compatibility.md', root), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| who sends it'))
  .map((line) => line.slice(2, -2).split(' | '))

test('every row of the page has five cells', () => {
  expect(rows.length).toBeGreaterThan(30)
  expect(rows.filter((cells) => cells.length !== 5 || cells.some((cell) => cell.trim() === ''))).toEqual([])
})

test.each(rows.map((cells) => [cells[1], cells[4] ?? '']))('%s: its test exists and has the named title or case', (_, cell) => {
  const [, path = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(cell) ?? []
  expect(cell).toBe(`\`${path}\`: ${title}`)
  expect(existsSync(new URL(path, root))).toBe(true)
  expect(readFileSync(new URL(path, root), 'utf8')).toContain(title)
})
