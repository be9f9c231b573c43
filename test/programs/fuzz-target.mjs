/** A server with a bit of everything and no log, on stdio or HTTP, for messages that nobody would send. */
import { McpServer } from '@gangway/core'
import { http } from '@gangway/transport-http'
import { z } from 'zod'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

const server = new McpServer({ name: 'target', version: '1.0.0', pageSize: 2, inputTimeout: 100, logger: silent })
  .tool('echo', { input: { text: z.string(), times: z.int().min(0).max(3).optional() } }, ({ text, times = 1 }) => text.repeat(times))
  .tool('raw', { input: { type: 'object', properties: { a: { type: 'string' }, b: { anyOf: [{ type: 'null' }, { $ref: '#' }] } }, additionalProperties: false } }, (args) => JSON.stringify(args))
  .tool('sum', { input: { values: z.array(z.number()) }, output: { sum: z.number() } }, ({ values }) => ({ sum: values.reduce((sum, value) => sum + value, 0) }))
  .tool('talk', {}, (_, ctx) => {
    ctx.log.error(ctx.meta)
    ctx.progress(1)
    return 'done'
  })
  .tool('fail', {}, () => {
    throw new Error('on purpose')
  })
  .tool('ask', {}, async (_, ctx) => JSON.stringify(await ctx.elicit('name', 'Who?', { name: z.string() })))
  .resource('shop://readme', {}, () => 'text')
  .resource('shop://orders/{order}', { complete: { order: (prefix) => [`${prefix}1`] } }, ({ order }) => order)
  .prompt('greet', { args: { name: z.string() } }, ({ name }) => `Hello ${name}`)

if (process.argv[2] === 'http') {
  const running = await server.run(http({ port: 0 }))
  process.send?.({ url: running.url })
} else await server.run()
