/** A server on stdio, as a user would write it, for tests that need a process. */
import { McpServer } from '@gangway/core'

/** @type {() => void} */
let release = () => {}
const released = new Promise((resolve) => (release = () => resolve(undefined)))
setInterval(() => {}, 1000) // Something of the user's own that would keep the process alive.

await new McpServer({ name: 'child', version: '1.0.0' })
  .tool('pid', {}, () => String(process.pid))
  .tool('print', {}, () => {
    console.log('printed by a tool')
    process.stdout.write('written by a tool\n')
    return 'ok'
  })
  .tool('wait', {}, async (_, { log }) => {
    log.error('waiting')
    await released
    return 'done'
  })
  .tool('release', {}, () => release())
  .onClose(() => console.error('closed in good order'))
  .run()
