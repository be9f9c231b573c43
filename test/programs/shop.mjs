/** A server with something of everything, for the tests of the client: in the same process, and as a program on stdio. */
import { isMain, McpServer, ToolError } from '@gangway/core'
import { z } from 'zod'

const ignore = () => {}
/** @type {Set<string>} */
export const cancelled = new Set()
let stock = 5

/** @param {object} [options] */
export const newShop = (options = {}) => {
  const server = new McpServer({ name: 'shop', version: '1.0.0', instructions: 'Buy.', pageSize: 4, logger: { debug: ignore, info: ignore, warn: ignore, error: ignore }, ...options })
    .tool('add', { input: { a: z.number(), b: z.number() }, output: { sum: z.number() } }, ({ a, b }) => ({ sum: a + b }))
    .tool('fail', {}, () => {
      throw new ToolError('Out of stock')
    })
    .tool('count', { input: { to: z.number() } }, async ({ to }, ctx) => {
      for (let step = 1; step <= to; step++) ctx.progress(step, to, `step ${step}`)
      return 'counted'
    })
    .tool('log', {}, (_, { log }) => {
      log.info({ sold: 1 }, 'till')
      log.debug('unheard')
      return 'logged'
    })
    .tool('pid', {}, () => String(process.pid))
    .tool('chat', { input: { name: z.string() } }, async ({ name }, { log }) => {
      for (let line = 0; line < 5; line++) {
        log.info(name)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return name
    })
    .tool('wait', { input: { name: z.string() } }, ({ name }, { signal }) => new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        cancelled.add(name)
        resolve('stopped')
      })
    }))
    .tool('cancelled', { input: { name: z.string() } }, ({ name }) => String(cancelled.has(name)))
    .tool('refund', { output: { done: z.boolean() } }, async (_, ctx) => {
      const { action, value } = await ctx.elicit('confirm', 'Refund?', { yes: z.boolean() })
      return { done: action === 'accept' && value.yes }
    })
    .tool('write', {}, async (_, ctx) => (await ctx.sample('text', { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 10 })).model)
    .tool('folders', {}, async (_, ctx) => (await ctx.roots()).map(({ uri }) => uri).join())
    .tool('sell', {}, () => {
      stock--
      server.changed('shop://stock')
      return String(stock)
    })
    .tool('grow', {}, () => {
      server.tool(`grown${server.definition.tools.size}`, {}, () => 'new')
      return 'grown'
    })
    .tool('region', { input: { region: z.string().meta({ 'x-mcp-header': 'Region' }) } }, ({ region }) => region)
    .resource('shop://stock', { mimeType: 'text/plain' }, () => String(stock))
    .resource('shop://orders/{order}', { complete: { order: (prefix) => ['1', '12', '2'].filter((order) => order.startsWith(prefix)) } }, ({ order }) => ({ order }))
    .prompt('gift', { args: { person: z.string() } }, ({ person }) => `A gift for ${person}`)
  return server
}

if (isMain(import.meta)) await newShop().run()
