/** A real process on stdio: nothing but messages on its stdout, and a prompt end with a good exit code. Runs the built packages. */
import { expect, test } from 'vitest'
import { startChild } from '../harness/child.ts'
import { closing, connect } from '../harness/index.ts'
import { MODERN, modernText, NEWEST_LEGACY, type Revision } from '../harness/message.ts'
import { textOf } from '../harness/server.ts'

async function open(revision: Revision) {
  const child = closing(startChild())
  const client = await connect(child, revision)
  await client.handshake()
  return { child, client }
}

test.each([NEWEST_LEGACY, MODERN] as const)('%s is served over real pipes', async (revision) => {
  const { child, client } = await open(revision)
  expect(textOf(await client.call('pid'))).toBe(String(child.process.pid))
  expect(await client.result('tools/list')).toMatchObject({ tools: [{ name: 'pid' }, { name: 'print' }, { name: 'wait' }, { name: 'release' }] })
})

test('text that a tool prints goes to stderr [S1] [S2]', async () => {
  const { child, client } = await open(MODERN)
  expect(textOf(await client.call('print'))).toBe('ok')
  child.process.stdin.end()
  expect(await child.ended).toBe(0)
  expect((await child.stderr).split('\n')).toEqual(expect.arrayContaining(['printed by a tool', 'written by a tool']))
})

test('when its input ends, it responds to requests in flight, and exits with 0 [S5]', async () => {
  const { child, client } = await open(MODERN)
  const answer = client.request('tools/call', { name: 'wait' })
  child.process.stdin.end(`${modernText('last', 'tools/call', { name: 'release' })}\n`)
  expect(await answer).toMatchObject({ result: { content: [{ text: 'done' }] } })
  expect(await child.ended).toBe(0)
  expect(client.answersTo('last')).toHaveLength(1)
  expect(await child.stderr).toBe('closed in good order\n')
})

test.each(['SIGTERM', 'SIGINT'] as const)('on %s it closes and exits with 0 [S5]', async (signal) => {
  const { child, client } = await open(NEWEST_LEGACY)
  await client.result('ping')
  child.process.kill(signal)
  expect(await child.ended).toBe(0)
  expect(await child.stderr).toBe('closed in good order\n')
})

test('when nobody reads its output, it exits without an error', async () => {
  const { child, client } = await open(NEWEST_LEGACY)
  const id = client.start('tools/call', { name: 'wait' })
  await client.until(({ method }) => method === 'notifications/message')
  child.process.stdout.destroy()
  child.process.stdin.write(`${modernText('x', 'tools/call', { name: 'release' })}\n`)
  expect(await child.ended).toBe(0)
  expect(await child.stderr).toBe('closed in good order\n')
  expect(client.answersTo(id)).toEqual([])
})
