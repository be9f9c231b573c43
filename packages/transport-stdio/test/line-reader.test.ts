/** Newline framing, however the bytes arrive. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { LineReader } from '../src/line-reader.ts'

/** What comes out, in order. */
function reader(maxLength = 1000) {
  const out: string[] = []
  return {
    out,
    reader: new LineReader(maxLength, { line: (text) => void out.push(text), undecodable: () => void out.push('(undecodable)'), overlong: () => void out.push('(overlong)') }),
  }
}

function read(chunks: (string | Uint8Array)[], maxLength?: number): string[] {
  const { out, reader: lines } = reader(maxLength)
  for (const chunk of chunks) lines.push(Buffer.from(chunk))
  lines.end()
  return out
}

test('a chunk can have many lines, and a line many chunks', () => {
  expect(read(['a\nb\nc\n'])).toEqual(['a', 'b', 'c'])
  expect(read(['a', 'b', 'c\nd', '\n'])).toEqual(['abc', 'd'])
  expect(read(['', 'a', '', '\n', ''])).toEqual(['a'])
})

test('a long line that arrives byte by byte uses little more memory than its bytes', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const length = 200_000
  const { out, reader: lines } = reader(length)
  collect()
  const before = process.memoryUsage()
  for (let index = 0; index < length; index++) lines.push(Uint8Array.of(0x61 + (index % 26)))
  collect()
  const { heapUsed, external } = process.memoryUsage()
  expect(heapUsed + external - before.heapUsed - before.external).toBeLessThan(20 * length)
  lines.push(Buffer.from('\n'))
  expect(out).toEqual(['abcdefghijklmnopqrstuvwxyz'.repeat(length / 26 + 1).slice(0, length)])
})

test('a line is emitted as soon as its newline arrives', () => {
  const { out, reader: lines } = reader()
  lines.push(Buffer.from('a\nb'))
  expect(out).toEqual(['a'])
  lines.push(Buffer.from('\n'))
  expect(out).toEqual(['a', 'b'])
})

test('the last line needs no newline', () => {
  expect(read(['a\nb'])).toEqual(['a', 'b'])
  expect(read(['a'])).toEqual(['a'])
})

test('Windows line endings and blank lines are accepted', () => {
  expect(read(['a\r\nb\r', '\n\n \n\t\r\n', '\r\n'])).toEqual(['a', 'b'])
})

test('a carriage return within a line stays', () => {
  expect(read(['a\rb\n'])).toEqual(['a\rb'])
})

test('characters can be split anywhere', () => {
  const text = '{"x":"é日🙂"}'
  const bytes = Buffer.from(`${text}\n${text}`)
  for (let cut = 0; cut <= bytes.length; cut++) expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual([text, text])
  expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([text, text])
})

test('a byte order mark at the start is ignored', () => {
  expect(read(['\uFEFF{}\n'])).toEqual(['{}'])
})

test('a line that is not UTF-8 is reported, and the next one is emitted', () => {
  expect(read([Uint8Array.of(0x61, 0xff, 0x0a), 'b\n'])).toEqual(['(undecodable)', 'b'])
  expect(read([Uint8Array.of(0xc3)])).toEqual(['(undecodable)'])
})

describe('an overlong line', () => {
  test('is reported once, at once, and dropped up to its end', () => {
    const { out, reader: lines } = reader(5)
    lines.push(Buffer.from('12345'))
    expect(out).toEqual([])
    lines.push(Buffer.from('6'))
    expect(out).toEqual(['(overlong)'])
    lines.push(Buffer.from('789'))
    lines.push(Buffer.from('0\nok\n'))
    expect(out).toEqual(['(overlong)', 'ok'])
  })

  test('can be followed by others', () => {
    expect(read(['123456\n123456\n12345\n'], 5)).toEqual(['(overlong)', '(overlong)', '12345'])
  })

  test('can be endless', () => {
    expect(read(['123456', '789'], 5)).toEqual(['(overlong)'])
  })

  test('is measured in bytes', () => {
    expect(read(['éé\n', 'ééé\n'], 5)).toEqual(['éé', '(overlong)'])
  })

  test('does not include a line of exactly the maximum length', () => {
    expect(read(['12345\n'], 5)).toEqual(['12345'])
  })
})
