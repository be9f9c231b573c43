/** A server that leaves the transport to `run()`, which then loads it by name. */
import { McpServer } from '@gangway/core'

void new McpServer({ name: 'bundled', version: '1.0.0' }).tool('hello', {}, () => 'Hello').run()
