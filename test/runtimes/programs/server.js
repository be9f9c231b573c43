/** What every runtime serves: all that a conversation needs, and nothing that belongs to one of them. */
import { isMain, McpServer } from '@gangway/core'
import { z } from 'zod'

/** @param {number} milliseconds */
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** @type {string[]} */
const left = []
let grown = 0

const server = new McpServer({ name: 'traveller', version: '1.0.0' })
  .tool('greet', { input: { name: z.string() }, output: { greeting: z.string() } }, ({ name }) => ({ greeting: `Hello, ${name}` }))
  .tool('count', {}, async (_args, { progress }) => {
    for (let step = 1; step <= 3; step++) {
      progress(step, 3)
      await sleep(1)
    }
    return 'counted'
  })
  .tool('order', {}, async (_args, { elicit }) => {
    const { action } = await elicit('sure', 'Really?', { sure: z.boolean() })
    return action
  })
  // Tells of itself again and again: some runtimes notice that a client has left when they write to it.
  .tool('wait', {}, async (_args, { signal, progress }) => {
    signal.addEventListener('abort', () => left.push(signal.reason.name))
    for (let step = 1; !signal.aborted; step++) {
      progress(step)
      await sleep(5)
    }
    return 'left'
  })
  // Asks again and again: a Worker cannot wait for what another request of its does.
  .tool('left', {}, async () => {
    while (left.length === 0) await sleep(1)
    return left.join()
  })
  .tool('grow', {}, () => {
    server.tool(`grown${++grown}`, {}, () => 'new')
    return 'grown'
  })

export default server

if (isMain(import.meta)) await server.run()
