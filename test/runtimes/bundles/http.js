/** A server on Fastify. */
import { McpServer } from '@gangway/core'
import { http } from '@gangway/transport-http'

void new McpServer({ name: 'bundled', version: '1.0.0' }).tool('hello', {}, () => 'Hello').run(http({ port: 0 }))
