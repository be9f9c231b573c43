/** Encodings there and back: cursors, headers, base64. */
import { fromBase64 } from '@gangway/core/internal'
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { page } from '../../packages/core/src/methods/page.ts'
import { bytesFromBase64, toBase64 } from '../../packages/core/src/util/base64.ts'
import { Peer } from '../harness/http-peer.ts'
import { serve } from '../harness/index.ts'
import { newServer, textOf } from '../harness/server.ts'

const SEED = 20_260_728

vi.setConfig({ testTimeout: 60_000 }) // Many exchanges in one test.

const base64 = (text: string) => Buffer.from(text).toString('base64')
const encode = (word: string) => `=?base64?${base64(word)}?=`
/** Unicode text without halves of characters, which UTF-8 cannot carry. */
const text = fc.string({ unit: 'binary', maxLength: 30 })
const names = fc.uniqueArray(text, { maxLength: 40 })

test('bytes survive base64, which equals that of Node.js', () => {
  const bytes = fc.uint8Array({ maxLength: 100 })
  fc.assert(
    fc.property(bytes, (given) => {
      expect(toBase64(given)).toBe(Buffer.from(given).toString('base64'))
      expect(bytesFromBase64(toBase64(given))).toEqual(given)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('text survives base64, and no other text decodes to it', () => {
  fc.assert(
    fc.property(fc.oneof(text, text.map(base64), fc.base64String(), fc.string()), (given) => {
      const decoded = fromBase64(given)
      if (decoded !== undefined) expect(base64(decoded)).toHaveLength(given.length)
      expect(fromBase64(base64(given))).toBe(given)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('all pages of a list together are complete and in order, for any names and page size', () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 50 }), (items, size) => {
      const pages: (readonly string[])[] = []
      let cursor: string | undefined
      do {
        const { names: found, nextCursor } = page('names', items, (name) => name, { ...(cursor !== undefined && { cursor }) }, size)
        pages.push(found)
        cursor = nextCursor
      } while (cursor !== undefined && pages.length <= items.length)
      expect(pages.flat()).toEqual(items)
      for (const found of pages.slice(0, -1)) expect(found).toHaveLength(size)
      expect(cursor).toBeUndefined()
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('an unknown cursor is −32602', () => {
  fc.assert(
    fc.property(names, fc.oneof(fc.string(), fc.base64String(), fc.jsonValue()), (items, cursor) => {
      const known = cursor === null || (typeof cursor === 'string' && items.some((name) => base64(name) === cursor)) // Null is the first page.
      const read = () => page('names', items, (name) => name, { cursor }, 3)
      if (known) expect(read().names.length).toBeLessThanOrEqual(3)
      else expect(read).toThrow(expect.objectContaining({ code: -32602 }))
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('any argument passes in its header, and no other value does', async () => {
  const server = newServer().tool('echo', { input: { word: z.string().meta({ 'x-mcp-header': 'Word' }) } }, ({ word }) => word)
  const peer = await Peer.open((await serve('http', server)).url ?? '', 'modern')
  const call = (word: string, header: string) => peer.request(1, 'tools/call', { name: 'echo', arguments: { word } }, { 'mcp-param-word': header })
  await fc.assert(
    fc.asyncProperty(text, text, async (word, other) => {
      const [reply, wrong] = await Promise.all([call(word, encode(word)), call(word, encode(other))])
      expect(textOf(reply.messages[0]?.result ?? {})).toBe(word)
      expect(wrong.status).toBe(word === other ? 200 : 400)
      if (/^[\x21-\x7e]*$/.test(word) && !word.startsWith('=?')) expect((await call(word, word)).status).toBe(200)
    }),
    { seed: SEED, numRuns: 100 },
  )
})
