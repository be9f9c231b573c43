/** The estimate of what parsed JSON takes. `test/operations/memory.slow.test.ts` compares it with what V8 takes. */
import { expect, test } from 'vitest'
import { memoryOfText, memoryOfValue } from '../src/util/json-size.ts'

const long = (item: string, count = 10_000): string => `[${Array.from({ length: count }, () => item).join(',')}]`
const perItem = (item: string): number => Math.round(memoryOfText(long(item)) / 10_000)

test('small values count with what V8 needs for each', () => {
  expect(perItem('[]')).toBeGreaterThan(43)
  expect(perItem('{}')).toBeGreaterThan(67)
  expect(perItem('1.5')).toBeGreaterThan(24)
  expect(perItem('{"999":1}')).toBeGreaterThan(0.7 * 218)
})

test('what looks like values within a string counts as text alone', () => {
  const text = JSON.stringify({ csv: '1,2,{[:'.repeat(1000), path: String.raw`C:\\` + '"'.repeat(100), last: ['\\'] })
  const plain = text.replace(/[[\]{},:]/g, (character, at: number) => ('{["'.includes(text[at + 1] ?? '') || at < 8 ? character : 'x'))
  expect(memoryOfText(text)).toBeLessThan(3 * text.length + 400)
  expect(memoryOfText(text)).toBeGreaterThanOrEqual(3 * plain.length)
})

test('a quote behind backslashes ends the string only if their number is even', () => {
  const rest = `,${long('[]', 1000)}]`
  const bytes = memoryOfText(`["${'x'.repeat(600)}"${rest}`)
  for (const end of [String.raw`\\"`, String.raw`\"\\\\"`, String.raw`\"\"`.concat('"')]) expect(memoryOfText(`["${'x'.repeat(600)}${end}${rest}`)).toBeCloseTo(bytes, -2)
})

test('a text that breaks off in a string is no problem', () => expect(memoryOfText(`["${'x'.repeat(1000)}`)).toBeGreaterThan(3000))

test('a value counts about as its text does', () => {
  for (const item of ['[]', '{}', '{"a":1}', '[["b"]]', '"some text"']) {
    const text = long(item)
    expect(memoryOfValue(JSON.parse(text)) / memoryOfText(text)).toBeGreaterThan(0.6)
    expect(memoryOfValue(JSON.parse(text)) / memoryOfText(text)).toBeLessThan(1.2)
  }
})
