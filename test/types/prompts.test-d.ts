/** Prompts: their arguments, and what they may say. */
import { McpServer, message, promptResult, text, toolResult, type RequestContext } from '@gangway/core'
import { z } from 'zod'
import { same } from './same.ts'

const server = new McpServer({ name: 'shop', version: '1.0.0' })
const args = { order: z.string(), tone: z.enum(['dry', 'warm']).default('dry'), count: z.coerce.number<string>().optional() }

server.prompt('args', { args }, (args, ctx) => {
  same<typeof args, { order: string; tone: 'dry' | 'warm'; count?: number | undefined }>()
  same<typeof ctx, RequestContext>()
  return ''
})
server.prompt('no args', {}, (args) => {
  same<typeof args, {}>()
  return ''
})
server.prompt('annotated', { args: { order: z.string() } }, ({ order }: { order: string }) => order)
// @ts-expect-error TS2339: Property 'ordr' does not exist on type '{ order: string; tone: "dry" | "warm"; count?: number | undefined; }'.
server.prompt('typo in args', { args }, ({ ordr }) => ordr)
// @ts-expect-error TS2551: Property 'ordr' does not exist on type '{ order: string; }'. Did you mean 'order'?
server.prompt('typo in a member', { args: { order: z.string() } }, (args) => args.ordr)
// @ts-expect-error TS2339: Property 'order' does not exist on type '{}'.
server.prompt('args where none are declared', {}, ({ order }) => order)
// @ts-expect-error TS18048: 'count' is possibly 'undefined'.
server.prompt('optional used as present', { args }, ({ count }) => count.toFixed())
// @ts-expect-error TS2367: This comparison appears to be unintentional because the types '"dry" | "warm"' and '"cold"' have no overlap.
server.prompt('no such literal', { args }, ({ tone }) => (tone === 'cold' ? 'Brr' : 'Hello'))

// What it says.
server.prompt('text', {}, async () => 'text')
server.prompt('block', {}, () => text('helper'))
server.prompt('messages', {}, () => ['text', text('helper'), message('assistant', 'text'), message('user', text('helper'))])
server.prompt('complete', {}, () => promptResult({ description: 'x', messages: [{ role: 'user', content: { type: 'text', text: 'spelled out' } }] }))
// @ts-expect-error TS2322: Type '{ type: "text"; text: string; }' is not assignable to type 'Awaitable<PromptReturn>'. … Property '[madeBy]' is missing in type '{ type: "text"; text: string; }' but required in type 'MadeBy<"text()">'.
server.prompt('block without a helper', {}, () => ({ type: 'text', text: 'spelled out' }))
// @ts-expect-error TS2322: Type '{ role: "assistant"; content: TextBlock; }' is not assignable to type 'string | Content | Message'. … Property '[madeBy]' is missing in type '{ role: "assistant"; content: TextBlock; }' but required in type 'MadeBy<"message()">'.
server.prompt('message without a helper', {}, () => ['text', { role: 'assistant', content: text('helper') }])
// @ts-expect-error TS2322: Type '{ description: string; messages: { role: "user"; content: TextBlock; }[]; }' is not assignable to type 'Awaitable<PromptReturn>'. … Property '[madeBy]' is missing in type '{ description: string; messages: { role: "user"; content: TextBlock; }[]; }' but required in type 'MadeBy<"promptResult()">'.
server.prompt('complete without a helper', {}, () => ({ description: 'x', messages: [{ role: 'user', content: text('x') }] }))
// @ts-expect-error TS2322: Type 'ToolResult' is not assignable to type 'Awaitable<PromptReturn>'. … Type 'CallToolResult & MadeBy<"toolResult()">' is missing the following properties from type 'TextContent': type, text
server.prompt('made for a tool', {}, () => toolResult({ content: [text('x')] }))
// @ts-expect-error TS2322: Type 'number' is not assignable to type 'Awaitable<PromptReturn>'.
server.prompt('number', {}, () => 5)
// @ts-expect-error TS2345: Argument of type '"system"' is not assignable to parameter of type '"assistant" | "user"'.
server.prompt('unknown role', {}, () => message('system', 'x'))
// @ts-expect-error TS2345: Argument of type '{ text: string; }' is not assignable to parameter of type 'string | Content'. … Property 'type' is missing in type '{ text: string; }' but required in type 'TextContent'.
server.prompt('content that is no block', {}, () => message('user', { text: 'x' }))
// @ts-expect-error TS2345: Argument of type '() => void' is not assignable to parameter of type 'PromptHandler<{}>'. Type 'void' is not assignable to type 'Awaitable<PromptReturn>'.
server.prompt('nothing', {}, () => {})

// Options.
// @ts-expect-error TS2353: Object literal may only specify known properties, and 'arguments' does not exist in type 'PromptOptions<{}>'.
server.prompt('typo in an option', { arguments: args }, () => 'x')
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'StandardSchema<unknown, unknown>'.
server.prompt('a type name for a schema', { args: { order: 'string' } }, () => 'x')
// @ts-expect-error TS2322: Type 'ZodObject<{ order: ZodString; tone: ZodDefault<ZodEnum<{ dry: "dry"; warm: "warm"; }>>; count: ZodOptional<ZodCoercedNumber<string>>; }, $strip>' is not assignable to type 'Readonly<Record<string, StandardSchema<unknown, unknown>>>'. Index signature for type 'string' is missing in type 'ZodObject<{ order: ZodString; tone: ZodDefault<ZodEnum<{ dry: "dry"; warm: "warm"; }>>; count: ZodOptional<ZodCoercedNumber<string>>; }, $strip>'.
server.prompt('an object schema for args', { args: z.object(args) }, () => 'x')
