/** A server with every fixture of the official conformance suite. */
import { McpServer } from '@gangway/core'
import { addPrompts } from './prompts.ts'
import { addQuestions } from './questions.ts'
import { addResources } from './resources.ts'
import { addTools } from './tools.ts'

const server = new McpServer({ name: 'everything', version: '1.0.0', title: 'Everything', instructions: 'A server for testing clients.' })
addTools(server)
addQuestions(server)
addResources(server)
addPrompts(server)

export default server
