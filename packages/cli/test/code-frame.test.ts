/** The lines of code around a fault. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeFrame } from '../src/load/code-frame.ts'
import { project } from './gangway.ts'

const LINES = ['one()', 'two()', '\tif (three) boom()', 'four()', 'five()', 'six()', ...Array.from({ length: 5 }, (_, index) => `line${index + 7}()`)]
const file = join(project({ 'server.mjs': LINES.join('\n') }), 'server.mjs')

test.each([
  ['in the middle', 3, 13, ['  1 | one()', '  2 | two()', '> 3 | \tif (three) boom()', '    | \t           ^', '  4 | four()', '  5 | five()']],
  ['at the beginning', 1, 1, ['> 1 | one()', '    | ^', '  2 | two()', '  3 | \tif (three) boom()']],
  ['where line numbers grow', 9, 5, ['   7 | line7()', '   8 | line8()', '>  9 | line9()', '     |     ^', '  10 | line10()', '  11 | line11()']],
])('%s', (_, line, column, frame) => {
  const position = `${file}:${line}:${column}`
  expect(codeFrame(position)?.split('\n')).toEqual([position, ...frame])
})

test.each([undefined, 'server.mjs', `${file}:99:1`, `${file}:0:1`, `${file}.gone:1:1`, `${join(file, '..')}:1:1`])('%s has no code frame', (position) => {
  expect(codeFrame(position)).toBeUndefined()
})

test('long lines are cut, and a mark beyond the cut is omitted', () => {
  const long = join(project({}), 'long.mjs')
  writeFileSync(long, 'x'.repeat(10_000))
  expect(codeFrame(`${long}:1:5000`)?.split('\n').map((line) => line.length < 200)).toEqual([true, true])
})
