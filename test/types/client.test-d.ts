/** Clients: what a testing client knows of its server, and what any client takes. */
import { McpServer, tool, type CallToolResult } from '@gangway/core'
import { connect as connectTo, type Client, type ClientTransport } from '@gangway/core/client'
import { connectInMemory } from '@gangway/core/testing'
import { z } from 'zod'
import { same } from './same.ts'

const added = tool('added', { input: { on: z.boolean().default(true) }, output: z.array(z.string()) }, () => ['x'])
const server = new McpServer({ name: 'shop', version: '1.0.0' })
  .tool('add', { input: { a: z.number(), b: z.number() }, output: { sum: z.number() } }, ({ a, b }) => ({ sum: a + b }))
  .tool('hello', {}, () => 'x')
  .add(added)

// A tool is a function of its input, and gives its output.
declare const client: Awaited<ReturnType<typeof connectInMemory<typeof server.toolTypes>>>
export const connected = connectInMemory(server)
same<Awaited<typeof connected>['call'], typeof client.call>()
same<keyof typeof client.call, 'add' | 'hello' | 'added'>()
export const calls = async () => {
  const { sum } = await client.call.add({ a: 1, b: 2 })
  same<typeof sum, number>()
  const names = await client.call.added()
  same<typeof names, string[]>()
  await client.call.added({ on: false }, { timeout: 1000 })
  const whole = await client.call.hello()
  same<typeof whole, CallToolResult>()
}
export const wrongCalls = [
  // @ts-expect-error TS2339: Property 'subtract' does not exist on type 'Calls<{ add: ToolType<{ a: ZodNumber; b: ZodNumber; }, { sum: ZodNumber; }>; } & { hello: ToolType<{}, undefined>; } & { added: ToolType<{ on: ZodDefault<ZodBoolean>; }, ZodArray<...>>; }>'.
  () => client.call.subtract({ a: 1, b: 2 }),
  // @ts-expect-error TS2741: Property 'b' is missing in type '{ a: number; }' but required in type '{ a: number; b: number; }'.
  () => client.call.add({ a: 1 }),
  // @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
  () => client.call.add({ a: 1, b: '2' }),
  // @ts-expect-error TS2554: Expected 1-2 arguments, but got 0.
  () => client.call.add(),
  // @ts-expect-error TS2339: Property 'total' does not exist on type '{ sum: number; }'.
  async () => (await client.call.add({ a: 1, b: 2 })).total,
]

// Options.
export const options = [
  () => connectInMemory(server, { revision: '2024-11-05', auth: { subject: 'ann', scopes: [] }, answers: { elicit: [{ action: 'decline' }], sample: () => ({ role: 'assistant', content: { type: 'text', text: 'x' }, model: 'm' }), roots: [] } }),
  // @ts-expect-error TS2820: Type '"2025-11-26"' is not assignable to type 'Revision | undefined'. Did you mean '"2025-11-25"'?
  () => connectInMemory(server, { revision: '2025-11-26' }),
  // @ts-expect-error TS2322: Type '"maybe"' is not assignable to type '"accept" | "cancel" | "decline"'.
  () => connectInMemory(server, { answers: { elicit: [{ action: 'maybe' }] } }),
]

// Any client.
declare const transport: ClientTransport
export const plain: Promise<Client> = connectTo(transport, { elicit: ({ message }) => ({ action: message === 'x' ? 'accept' : 'decline' }), roots: () => [{ uri: 'file:///x' }] })
export const asAny: Client = client
export const wrong = [
  // @ts-expect-error TS2741: Property 'name' is missing in type 'McpServer<{ add: ToolType<{ a: ZodNumber; b: ZodNumber; }, { sum: ZodNumber; }>; } & { hello: ToolType<{}, undefined>; } & { added: ToolType<{ on: ZodDefault<ZodBoolean>; }, ZodArray<...>>; }>' but required in type 'ClientTransport'.
  () => connectTo(server),
  // @ts-expect-error TS2561: Object literal may only specify known properties, but 'timeOut' does not exist in type 'ClientOptions'. Did you mean to write 'timeout'?
  () => connectTo(transport, { timeOut: 1 }),
]
