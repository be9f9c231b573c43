/** The same in TypeScript, for `gangway run`. */
import { McpServer } from '@gangway/core'
import { z } from 'zod'

const name: string = 'bench'

export default new McpServer({ name, version: '1.0.0' }).tool('echo', { input: { text: z.string() } }, ({ text }) => text)
