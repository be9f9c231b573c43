/** A stdio server that always starts, and whose tool prints to stdout. */
import { McpServer } from '@gangway/core'
import { stdio } from '@gangway/transport-stdio'

const server = new McpServer({ name: 'bundled', version: '1.0.0' }).tool('hello', {}, () => {
  console.log('printed by the tool')
  return 'Hello'
})

void server.run(stdio())
