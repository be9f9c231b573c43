/** A server that prints now and then; its argument says when, or how strict it is itself. */
import { execSync } from 'node:child_process'
import { isMain, McpServer } from '@gangway/core'
import { stdio } from '@gangway/transport-stdio'

const [, , mode = ''] = process.argv
if (mode === 'at-import') console.log('by the import')

const server = new McpServer({ name: 'strict', version: '1.0.0' })
  .tool('print', {}, () => {
    console.log('by a tool')
    return 'ok'
  })
  .tool('child', {}, () => void execSync('true', { stdio: 'inherit' }))
  .onClose(() => console.error('closed'))

export default server
if (mode === 'http') {
  console.log('while it loads')
  await server.run({ transport: 'http', port: 0 })
  setTimeout(() => console.log('once it serves'), 100)
} else if (mode === 'strict' || mode === 'lax') await server.run(stdio({ strictStdout: mode === 'strict' }))
else if (isMain(import.meta)) await server.run()
