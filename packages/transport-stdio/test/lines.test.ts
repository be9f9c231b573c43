/** Newline framing, however the bytes arrive. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { LineReader } from '../src/lines.ts'

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

test('a chunk may hold many lines, and a line many chunks', () => {
  expect(read(['a\nb\nc\n'])).toEqual(['a', 'b', 'c'])
  expect(read(['a', 'b', 'c\nd', '\n'])).toEqual(['abc', 'd'])
  expect(read(['', 'a', '', '\n', ''])).toEqual(['a'])
})

test('a long line that comes byte by byte costs little more than its bytes', () => {
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

test('a line comes out as soon as its newline is there', () => {
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

test('Windows line ends and blank lines are nothing to speak of', () => {
  expect(read(['a\r\nb\r', '\n\n \n\t\r\n', '\r\n'])).toEqual(['a', 'b'])
})

test('a carriage return inside a line stays', () => {
  expect(read(['a\rb\n'])).toEqual(['a\rb'])
})

test('characters may be cut anywhere', () => {
  const text = '{"x":"é日🙂"}'
  const bytes = Buffer.from(`${text}\n${text}`)
  for (let cut = 0; cut <= bytes.length; cut++) expect(read([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual([text, text])
  expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual([text, text])
})

test('a byte order mark at the beginning is no part of the line', () => {
  expect(read(['\uFEFF{}\n'])).toEqual(['{}'])
})

test('a line that is not UTF-8 is told of, and the next comes', () => {
  expect(read([Uint8Array.of(0x61, 0xff, 0x0a), 'b\n'])).toEqual(['(undecodable)', 'b'])
  expect(read([Uint8Array.of(0xc3)])).toEqual(['(undecodable)'])
})

describe('a line that is too long', () => {
  test('is told of once, as soon as it is, and is dropped up to its end', () => {
    const { out, reader: lines } = reader(5)
    lines.push(Buffer.from('12345'))
    expect(out).toEqual([])
    lines.push(Buffer.from('6'))
    expect(out).toEqual(['(overlong)'])
    lines.push(Buffer.from('789'))
    lines.push(Buffer.from('0\nok\n'))
    expect(out).toEqual(['(overlong)', 'ok'])
  })

  test('may be followed by others', () => {
    expect(read(['123456\n123456\n12345\n'], 5)).toEqual(['(overlong)', '(overlong)', '12345'])
  })

  test('may have no end', () => {
    expect(read(['123456', '789'], 5)).toEqual(['(overlong)'])
  })

  test('is measured in bytes', () => {
    expect(read(['éé\n', 'ééé\n'], 5)).toEqual(['éé', '(overlong)'])
  })

  test('is not one that is as long as it may be', () => {
    expect(read(['12345\n'], 5)).toEqual(['12345'])
  })
})
