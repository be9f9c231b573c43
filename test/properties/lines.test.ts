/** Lines come out as they went in, however their bytes are cut into chunks. */
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { LineReader } from '../../packages/transport-stdio/src/line-reader.ts'

const SEED = 20_260_728

vi.setConfig({ testTimeout: 60_000 }) // Many examples in one test.

/** The text of a line: not blank, and without white space around it, which does not count. */
const line = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).map((text) => `<${text.replaceAll('\n', ' ')}>`)

function read(chunks: readonly Uint8Array[], maxLength = 10_000): string[] {
  const out: string[] = []
  const reader = new LineReader(maxLength, { line: (text) => void out.push(text), undecodable: () => void out.push('(undecodable)'), overlong: () => void out.push('(overlong)') })
  for (const chunk of chunks) reader.push(chunk)
  reader.end()
  return out
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b)
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index]))
}

const places = fc.array(fc.nat(), { maxLength: 60 })

test('lines split into any chunks are the same lines', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n', '\n\n', ' \t\n \n'), fc.boolean(), places, (lines, end, ended, cuts) => {
      const bytes = Buffer.from(lines.join(end) + (ended ? end : ''))
      expect(read(cut(bytes, cuts))).toEqual(lines)
      expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(lines)
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('bytes split into any chunks give the same result as one chunk', () => {
  const bytes = fc.array(fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(Uint8Array.of(10)), line.map((text) => Buffer.from(text))), { maxLength: 20 }).map((parts) => Buffer.concat(parts))
  fc.assert(
    fc.property(bytes, places, fc.constantFrom(5, 20, 10_000), (given, cuts, maxLength) => {
      expect(read(cut(given, cuts), maxLength)).toEqual(read([given], maxLength))
    }),
    { seed: SEED, numRuns: 500 },
  )
})
