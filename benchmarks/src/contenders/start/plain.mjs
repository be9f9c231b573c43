/** Ours as a user would write it, without a schema library. */

import { McpServer } from '@gangway/core'

const server = new McpServer({ name: 'bench', version: '1.0.0' })
server.tool('echo', { input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } }, ({ text }) => String(text))
await server.run()
