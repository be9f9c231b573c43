/** What a client on stdio does not read is not piled up for it. Runs the built packages. */
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { eachLine } from '../harness/lines.ts'
import { modernText } from '../harness/message.ts'
import { newNotes, programFile, startProgram, until } from '../harness/program.ts'

vi.setConfig({ testTimeout: 60_000 })

const MIB = 1024 * 1024
const ids = Array.from({ length: 400 }, (_, index) => `big ${index}`)

test.each([
  ['at once', 0, 0],
  ['after small ones', 0, 100],
  ['after a while', 100, 0],
  ['after a second', 1000, 0],
])('400 responses of half a MiB that arrive %s and are not read take at most 32 MiB, and arrive once they are read', async (_, delay, small) => {
  const notes = newNotes()
  const { stdin, stdout, ended } = startProgram(process.execPath, [programFile('big-answers.mjs'), notes.file, String(delay)])
  for (let index = 0; index < small; index++) {
    stdin.write(`${modernText(`small ${index}`, 'tools/call', { name: 'small' })}\n`)
    await once(stdout, 'data')
  }
  stdout.pause()
  stdin.write(ids.map((id) => `${modernText(id, 'tools/call', { name: 'big' })}\n`).join(''))
  await until(() => notes.lines().length > 0)
  const [begun = 0, grown = 0] = (notes.lines()[0] ?? '').split(' ').map(Number)
  expect(begun).toBeLessThan(ids.length)
  expect(grown).toBeLessThanOrEqual(32 * MIB)

  const answered: string[] = []
  eachLine(stdout, (line) => void answered.push(/"id":"(.*?)"/.exec(line)?.[1] ?? ''))
  stdout.resume()
  await until(() => answered.length === ids.length)
  expect(answered.toSorted()).toEqual(ids.toSorted())
  stdin.end()
  expect(await ended).toBe(0)
})
