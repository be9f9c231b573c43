/** Servers: their options, how they run, and the tools that their type has accumulated. */
import { McpServer, tool, type InputOf, type OutputOf, type RouteContext, type Running, type ServerDefinition, type Tool, type ToolType, type Transport } from '@gangway/core'
import { isMcpServer, type RunnableServer } from '@gangway/core/internal'
import { z } from 'zod'
import { same } from './same.ts'

export const servers = [
  new McpServer({ name: 'shop', version: '1.0.0', title: 'Shop', instructions: 'Buy.', logger: console }),
  // @ts-expect-error TS2741: Property 'version' is missing in type '{ name: string; }' but required in type 'McpServerOptions'.
  new McpServer({ name: 'shop' }),
  // @ts-expect-error TS2322: Type 'number' is not assignable to type 'string'.
  new McpServer({ name: 'shop', version: 1 }),
  // @ts-expect-error TS2561: Object literal may only specify known properties, but 'instruction' does not exist in type 'McpServerOptions'. Did you mean to write 'instructions'?
  new McpServer({ name: 'shop', version: '1.0.0', instruction: 'Buy.' }),
]

// Tools, chained and added, are known to the type of the server.
const sum = { sum: z.number() }
const two = tool('two', { input: { on: z.boolean().default(true) } }, () => 'x')
const three = tool('three', {}, () => 'x')
const server = new McpServer({ name: 'shop', version: '1.0.0' })
  .tool('one', { input: { a: z.number() }, output: sum }, ({ a }) => ({ sum: a }))
  .resource('shop://readme', {}, () => 'hello')
  .add(two, three)
  .prompt('hello', {}, () => 'hello')
  .onStart(() => {})
  .tool('four', { output: z.array(z.string()) }, () => ['x'])
type Tools = typeof server.toolTypes
same<keyof Tools, 'one' | 'two' | 'three' | 'four'>()
same<Tools['one'], ToolType<{ a: z.ZodNumber }, { sum: z.ZodNumber }>>()
same<InputOf<Tools['one']['input']>, { a: number }>()
same<OutputOf<Tools['one']['output']>, { sum: number }>()
same<InputOf<Tools['two']['input']>, { on?: boolean | undefined }>()
same<Tools['two']['output'], undefined>()
same<InputOf<Tools['three']['input']>, {}>()
same<OutputOf<Tools['four']['output']>, string[]>()
export const unknownTools = [
  // @ts-expect-error TS2339: Property 'five' does not exist on type '{ one: ToolType<{ a: ZodNumber; }, { sum: ZodNumber; }>; } & { three: ToolType<{}, undefined>; } & { two: ToolType<{ on: ZodDefault<ZodBoolean>; }, undefined>; } & { ...; }'.
  server.toolTypes.five,
  // @ts-expect-error TS2339: Property 'three' does not exist on type '{ two: ToolType<{ on: ZodDefault<ZodBoolean>; }, undefined>; }'.
  new McpServer({ name: 'shop', version: '1.0.0' }).add(two).toolTypes.three,
]
// @ts-expect-error TS2345: Argument of type 'string' is not assignable to parameter of type 'Tool<string, unknown, unknown>'.
server.add('two')
// @ts-expect-error TS2739: Type '{ name: string; }' is missing the following properties from type 'Tool<string, unknown, unknown>': description, input, output, paramHeaders, handler
server.add({ name: 'two' })

// A server with tools is a server.
const plain: McpServer = server
export const definition: ServerDefinition = server
export const added: McpServer = plain.add(...([two, three] as Tool[]))
export const factory = async (): Promise<McpServer> => server
declare const unknown: unknown
if (isMcpServer(unknown)) same<typeof unknown, RunnableServer>()

// Custom routes: the variables of a path, typed from its text.
server.route({ method: 'GET', path: '/orders/:order/lines/:line', auth: 'required' }, (request, context) => {
  same<typeof request, Request>()
  same<typeof context, RouteContext<'/orders/:order/lines/:line'>>()
  same<typeof context.params, { readonly order: string; readonly line: string }>()
  return Response.json(context.auth?.subject)
})
server.route({ method: 'GET', path: '/status' }, async (_, { params }) => {
  same<typeof params, {}>()
  return new Response()
})
server.route({ method: 'GET', path: '/' as string }, (_, { params }) => {
  same<typeof params, Readonly<Record<string, string>>>()
  return new Response()
})
// @ts-expect-error TS2339: Property 'ordr' does not exist on type '{ readonly order: string; }'.
server.route({ method: 'GET', path: '/orders/:order' }, (_, { params: { ordr } }) => new Response(ordr))
// @ts-expect-error TS2820: Type '"get"' is not assignable to type '"DELETE" | "GET" | "PATCH" | "POST" | "PUT"'. Did you mean '"GET"'?
server.route({ method: 'get', path: '/status' }, () => new Response())
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'Awaitable<Response>'.
server.route({ method: 'GET', path: '/status' }, () => 'ok')

// Removing.
same<ReturnType<typeof server.removeTool>, boolean>()
same<ReturnType<typeof server.removeResource>, boolean>()
same<ReturnType<typeof server.removePrompt>, boolean>()
// @ts-expect-error TS2345: Argument of type 'Tool<"two", { on: ZodDefault<ZodBoolean>; }, undefined>' is not assignable to parameter of type 'string'.
server.removeTool(two)
// @ts-expect-error TS2551: Property 'removeTools' does not exist on type 'McpServer<{ one: ToolType<{ a: ZodNumber; }, { sum: ZodNumber; }>; } & { three: ToolType<{}, undefined>; } & { two: ToolType<{ on: ZodDefault<ZodBoolean>; }, undefined>; } & { ...; }>'. Did you mean 'removeTool'?
server.removeTools('two')

// Running.
declare const transport: Transport
same<ReturnType<typeof server.run>, Promise<Running>>()
same<ReturnType<typeof server.serve>, Promise<Running>>()
export const runs = [
  () => server.run(),
  () => server.run({ transport: 'http', host: '127.0.0.1', port: 8000, path: '/mcp', allowedHosts: 'any', allowedOrigins: ['https://x'] }),
  () => server.run(transport),
  () => server.serve(),
  () => server.serve({ transport: 'http', port: 8000 }),
  () => server.serve(transport),
  // @ts-expect-error TS2769: No overload matches this call. The last overload gave the following error. Type '"htp"' is not assignable to type '"http" | "sse" | "stdio" | "streamable-http" | undefined'. Did you mean '"http"'?
  () => server.run({ transport: 'htp' }),
  // @ts-expect-error TS2769: No overload matches this call. The last overload gave the following error. Object literal may only specify known properties, and 'prot' does not exist in type 'RunOptions'.
  () => server.run({ transport: 'http', prot: 8000 }),
  // @ts-expect-error TS2769: No overload matches this call. The last overload gave the following error. Type 'string' is not assignable to type 'number'.
  () => server.run({ transport: 'http', port: '8000' }),
  // @ts-expect-error TS2769: No overload matches this call. The last overload gave the following error. Object literal may only specify known properties, and 'process' does not exist in type 'RunOptions'.
  () => server.run({ process: 'host' }),
  // @ts-expect-error TS2769: No overload matches this call. The last overload gave the following error. Type '"http"' has no properties in common with type 'RunOptions'.
  () => server.run('http'),
  // @ts-expect-error TS2769: No overload matches this call. The last overload gave the following error. Type 'Transport' is not assignable to type '"http" | "sse" | "stdio" | "streamable-http" | undefined'.
  () => server.run({ transport }),
  // @ts-expect-error TS2554: Expected 0-1 arguments, but got 2.
  () => server.run(transport, { process: 'host' }),
]
