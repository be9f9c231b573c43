/** The program that the conformance suite runs for each scenario of its client half: connects to the address it is given, and does what the scenario wants to see. */
import process from 'node:process'
import { connect } from '@gangway/core/client'
import { httpClient } from '@gangway/transport-http/client'

const { MCP_CONFORMANCE_SCENARIO: scenario = '', MCP_CONFORMANCE_CONTEXT: context = '{}' } = process.env
const url = process.argv.at(-1) ?? ''

/**
 * By scenario; any other lists the tools and calls each of them.
 * @type {Readonly<Record<string, (client: import('@gangway/core/client').Client) => Promise<unknown>>>}
 */
const SCENARIOS = {
  initialize: (client) => client.listTools(),

  tools_call: (client) => client.callTool('add_numbers', { a: 5, b: 3 }),

  'sse-retry': (client) => client.callTool('test_reconnection'),

  'sep-2322-client-request-state': async (client) => {
    await client.callTool('test_mrtr_echo_state')
    await Promise.all([client.callTool('test_mrtr_no_state'), client.callTool('test_mrtr_unrelated')])
    await client.callTool('test_mrtr_no_result_type')
  },

  'http-standard-headers': async (client) => {
    for (const { name } of await client.listTools()) await client.callTool(name)
    for (const { uri } of await client.listResources()) await client.readResource(uri)
    for (const { name } of await client.listPrompts()) await client.getPrompt(name)
  },

  'http-custom-headers': async (client) => {
    await client.listTools()
    for (const { name, arguments: args } of JSON.parse(context).toolCalls) await client.callTool(name, args)
  },

  'http-invalid-tool-headers': async (client) => {
    for (const { name } of await client.listTools()) await client.callTool(name, { region: 'eu', value: 'x' })
  },

  'json-schema-ref-no-deref': (client) => client.listTools(),

  'json-schema-2020-12-preservation': async (client) => {
    const tools = await client.listTools()
    await client.callTool('json_schema_echo', { schema: tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema })
  },
}

/** @param {import('@gangway/core/client').Client} client */
async function callEach(client) {
  for (const { name } of await client.listTools()) await client.callTool(name)
}

const client = await connect(httpClient(url), {
  info: { name: 'gangway-conformance', version: '1.0.0' },
  elicit: ({ message }) => ({ action: 'accept', content: message.includes('confirm') ? { confirmed: true } : {} }),
  sample: () => ({ role: 'assistant', content: { type: 'text', text: 'Hello' }, model: 'none' }),
  roots: [],
  // The suite serves all scenarios of a set from one process and starts all clients at once. On a busy machine that process may not respond for over a minute.
  probeTimeout: 240_000,
  timeout: 240_000,
})
try {
  await (SCENARIOS[scenario] ?? callEach)(client)
} finally {
  await client.close()
}
