/** What leaves for a client, and what does not once it is gone. */
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { LineWriter } from '../src/writer.ts'

test('when nobody reads any more, nothing is awaited, although the stream still accepts writes', async () => {
  const taken: string[] = []
  const output = new Writable({ write: (chunk: Buffer) => void taken.push(String(chunk)) }) // It never says that it is done.
  const writer = new LineWriter(output, { onUnsent: () => {} })
  writer.write('one')
  await new Promise((resolve) => setImmediate(resolve))
  const flushed = writer.flushed()
  writer.write('two')
  writer.abandon()
  await flushed
  await writer.flushed()
  writer.write('three')
  expect([output.writable, taken]).toEqual([true, ['one\n']])
})
