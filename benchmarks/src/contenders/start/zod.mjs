/** Ours as a user would write it, with zod; also for `gangway run`. */

import { isMain, McpServer } from '@gangway/core'
import { z } from 'zod'

const server = new McpServer({ name: 'bench', version: '1.0.0' }).tool('echo', { input: { text: z.string() } }, ({ text }) => text)

export default server
if (isMain(import.meta)) await server.run()
