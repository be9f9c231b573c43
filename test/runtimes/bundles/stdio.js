/** A stdio server that decides by itself whether it is the program, and whose tool prints to stdout. */
import { isMain, McpServer } from '@gangway/core'
import { stdio } from '@gangway/transport-stdio'

const server = new McpServer({ name: 'bundled', version: '1.0.0' }).tool('hello', {}, () => {
  console.log('printed by the tool')
  return 'Hello'
})

if (isMain(import.meta)) await server.run(stdio())
