/** Tools: the arguments that a handler receives, and the results that it may return. */
import { text, tool, type CallToolResult, type InputOf, type OutputOf, type RequestContext, type ToolHandler } from '@gangway/core'
import { z } from 'zod'
import { same } from './same.ts'

const sum = { sum: z.number() }
const health = { status: z.enum(['ok', 'down']), code: z.literal(1), parts: z.array(z.enum(['disk', 'net'])), range: z.tuple([z.number(), z.string()]) }

// Arguments: fields without a default may be absent only if they are optional.
tool('args', { input: { a: z.number(), b: z.string().optional(), c: z.boolean().default(true), d: z.string().nullable(), e: z.string().transform(Number) } }, (args, ctx) => {
  same<typeof args, { a: number; c: boolean; d: string | null; e: number; b?: string | undefined }>()
  same<typeof ctx, RequestContext>()
})
tool('args of an object schema', { input: z.object({ a: z.number(), b: z.string().optional(), c: z.boolean().default(true) }) }, (args) => {
  same<typeof args, { a: number; c: boolean; b?: string | undefined }>()
})
tool('no args', {}, (args) => same<typeof args, {}>())
tool('destructured', { input: { a: z.number(), b: z.string().optional() } }, ({ a, b = 'none' }) => {
  same<typeof a, number>()
  same<typeof b, string>()
})
// @ts-expect-error TS2551: Property 'amuont' does not exist on type '{ amount: number; note?: string | undefined; }'. Did you mean 'amount'?
tool('typo in args', { input: { amount: z.number(), note: z.string().optional() } }, (args) => args.amuont)
// @ts-expect-error TS2339: Property 'amuont' does not exist on type '{ amount: number; }'.
tool('typo in a destructured arg', { input: { amount: z.number() } }, ({ amuont }) => amuont)
// @ts-expect-error TS2339: Property 'amuont' does not exist on type '{ amount: number; }'.
tool('typo in args of an object schema', { input: z.object({ amount: z.number() }) }, ({ amuont }) => amuont)
// @ts-expect-error TS2339: Property 'amount' does not exist on type '{}'.
tool('args where none are declared', {}, ({ amount }) => amount)
// @ts-expect-error TS2339: Property 'trim' does not exist on type 'number'.
tool('number used as text', { input: { amount: z.number() } }, ({ amount }) => amount.trim())
// @ts-expect-error TS18048: 'note' is possibly 'undefined'.
tool('optional used as present', { input: { note: z.string().optional() } }, ({ note }) => note.length)
// @ts-expect-error TS2345: Argument of type '({ amount }: { amount: string; }) => string' is not assignable to parameter of type '(args: { amount: number; }, ctx: RequestContext) => Awaitable<ToolReturn>'. … Type 'number' is not assignable to type 'string'.
tool('annotated otherwise', { input: { amount: z.number() } }, ({ amount }: { amount: string }) => amount)
// @ts-expect-error TS2551: Property 'sginal' does not exist on type 'RequestContext'. Did you mean 'signal'?
tool('unknown member of the context', { input: { amount: z.number() } }, (_, ctx) => ctx.sginal.aborted)

// Results without `output`: text, blocks, or a complete result.
tool('text', {}, () => 'text')
tool('nothing', {}, async () => {})
tool('block', {}, () => ({ type: 'text', text: 'spelled out' }))
tool('blocks', {}, async () => [text('helper'), { type: 'image', data: '', mimeType: 'image/png' }])
tool('mapped', {}, () => ['a', 'b'].map((name) => ({ type: 'text', text: name })))
tool('complete', {}, () => ({ content: [{ type: 'text', text: 'spelled out' }], isError: true }))
// @ts-expect-error TS2322: Type '{ sum: number; }' is not assignable to type 'Awaitable<ToolReturn>'.
tool('value without output', {}, () => ({ sum: 1 }))
// @ts-expect-error TS2322: Type '{ contents: TextContent[]; }' is not assignable to type 'Awaitable<ToolReturn>'.
tool('typo in a complete result', {}, () => ({ contents: [text('x')] }))
// @ts-expect-error TS2322: Type '{ type: "text"; txt: string; }' is not assignable to type 'Awaitable<ToolReturn>'. … Property 'text' is missing in type '{ type: "text"; txt: string; }' but required in type 'TextContent'.
tool('typo in a block', {}, () => ({ type: 'text', txt: 'x' }))
// @ts-expect-error TS2820: Type '"txt"' is not assignable to type '"audio" | "image" | "resource" | "resource_link" | "text"'. Did you mean '"text"'?
tool('unknown kind of block', {}, () => ({ content: [{ type: 'txt', text: 'x' }] }))
// @ts-expect-error TS2322: Type 'Promise<{ sum: number; }>' is not assignable to type 'Awaitable<ToolReturn>'. … Type '{ sum: number; }' is not assignable to type 'ToolReturn'.
tool('async value without output', {}, async () => ({ sum: 1 }))

// Results with `output`: the value, which the compiler checks where it is written.
tool('right', { output: sum }, () => ({ sum: 1 }))
tool('literals stay literals', { output: health }, () => ({ status: 'ok', code: 1, parts: ['disk'], range: [1, 'x'] }))
tool('in a promise', { output: health }, async () => ({ status: 'ok', code: 1, parts: ['disk'], range: [1, 'x'] }))
tool('in a block body', { input: sum, output: health }, async ({ sum }) => {
  if (sum > 1) return { status: 'ok', code: 1, parts: [], range: [sum, 'x'] }
  return { content: [{ type: 'text', text: 'too little' }], isError: true }
})
tool('computed', { output: { ...sum, names: z.array(z.string()) } }, () => ({ sum: [1, 2].reduce((a, b) => a + b, 0), names: [1].map(String) }))
tool('optional left out', { output: { ...sum, note: z.string().optional(), kind: z.string().default('plain') } }, () => ({ sum: 1 }))
tool('complete with the value', { output: sum }, () => ({ content: [text('x')], structuredContent: { sum: 1 } }))
tool('a failure needs no value', { output: sum }, () => ({ content: [text('x')], isError: true }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
tool('wrong', { output: sum }, () => ({ sum: 'one' }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
tool('wrong, from an argument', { input: { text: z.string() }, output: sum }, ({ text }) => ({ sum: text }))
// @ts-expect-error TS2322: Type 'Promise<{ sum: string; }>' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
tool('wrong, in a promise', { output: sum }, async () => ({ sum: 'one' }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
tool('wrong, of an object schema', { output: z.object(sum) }, () => ({ sum: 'one' }))
// @ts-expect-error TS2322: Type 'Promise<{ sum: string; }>' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
tool('wrong, of an object schema, in a promise', { output: z.object(sum) }, async () => ({ sum: 'one' }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
tool('wrong, in an array', { output: { lines: z.array(z.object({ price: z.number() })) } }, () => ({ lines: [{ price: 'one' }] }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
tool('wrong, of an array schema', { output: z.array(z.number()) }, () => ['one'])
// @ts-expect-error TS2322: Type '"okay"' is not assignable to type '"down" | "ok"'.
tool('wrong literal', { output: health }, () => ({ status: 'okay', code: 1, parts: [], range: [1, 'x'] }))
// @ts-expect-error TS2345: Argument of type '() => { sum: string; }' is not assignable to parameter of type '(args: {}, ctx: RequestContext) => Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
tool('wrong, in a block body', { output: sum }, () => {
  return { sum: 'one' }
})
// @ts-expect-error TS2322: Type '{ sum: number; } | { sum: string; }' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
tool('wrong, in one branch', { input: sum, output: sum }, ({ sum }) => (sum > 0 ? { sum } : { sum: 'none' }))
// @ts-expect-error TS2322: Type '{ summ: number; }' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'.
tool('typo', { output: sum }, () => ({ summ: 1 }))
// @ts-expect-error TS2322: Type '{ sum: number; }' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; count: number; }>>'. Property 'count' is missing in type '{ sum: number; }' but required in type '{ sum: number; count: number; }'.
tool('missing', { output: { ...sum, count: z.number() } }, () => ({ sum: 1 }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'.
tool('text instead of the value', { output: sum }, () => 'one')
// @ts-expect-error TS2345: Argument of type '() => void' is not assignable to parameter of type '(args: {}, ctx: RequestContext) => Awaitable<StructuredReturn<{ sum: number; }>>'. Type 'void' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'.
tool('nothing instead of the value', { output: sum }, () => {})
// @ts-expect-error TS2322: Type 'number' is not assignable to type 'string'.
tool('optional of another type', { output: { ...sum, note: z.string().optional() } }, () => ({ sum: 1, note: 2 }))
// @ts-expect-error TS2322: Type '{ content: TextContent[]; }' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. Property 'structuredContent' is missing in type '{ content: TextContent[]; }' but required in type 'StructuredResult<{ sum: number; }>'.
tool('complete without the value', { output: sum }, () => ({ content: [text('x')] }))
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
tool('complete with a wrong value', { output: sum }, () => ({ content: [text('x')], structuredContent: { sum: 'one' } }))

// Options.
tool('all', { title: 'All', description: 'x', icons: [{ src: 'https://x' }], annotations: { readOnlyHint: true }, input: sum, output: sum, _meta: { a: 1 } }, ({ sum }) => ({ sum }))
// @ts-expect-error TS2561: Object literal may only specify known properties, but 'desciption' does not exist in type 'ToolOptions<{}, undefined>'. Did you mean to write 'description'?
tool('typo in an option', { desciption: 'x' }, () => 'x')
// @ts-expect-error TS2353: Object literal may only specify known properties, and 'inputSchema' does not exist in type 'ToolOptions<{}, undefined>'.
tool('the word of the official SDK', { inputSchema: sum }, () => 'x')
// @ts-expect-error TS2353: Object literal may only specify known properties, and 'readOnly' does not exist in type 'ToolAnnotations'.
tool('typo in an annotation', { annotations: { readOnly: true } }, () => 'x')
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'StandardSchema<unknown, unknown>'.
tool('a type name for a schema', { input: { amount: 'number' } }, () => 'x')
// @ts-expect-error TS2741: Property ''~standard'' is missing in type 'NumberConstructor' but required in type 'StandardSchema<unknown, unknown>'.
tool('a constructor for a schema', { input: { amount: Number } }, () => 'x')
// @ts-expect-error TS2554: Expected 3 arguments, but got 2.
tool('no options', () => 'x')
// @ts-expect-error TS2345: Argument of type 'number' is not assignable to parameter of type 'string'.
tool(5, {}, () => 'x')

// Handlers that are written apart.
const apart: ToolHandler<typeof sum, typeof health> = ({ sum }) => ({ status: 'ok', code: 1, parts: [], range: [sum, ''] })
tool('apart', { input: sum, output: health }, apart)
async function double({ sum }: { sum: number }): Promise<{ sum: number }> {
  return { sum: sum * 2 }
}
tool('a plain function', { input: sum, output: sum }, double)
const timed =
  <A, R>(handler: (args: A, ctx: RequestContext) => R) =>
  (args: A, ctx: RequestContext): R =>
    handler(args, ctx)
tool(
  'wrapped',
  { input: sum, output: sum },
  timed(({ sum }) => ({ sum })),
)
const failed = (message: string): CallToolResult & { isError: true } => ({ content: [text(message)], isError: true })
tool('a helper for failures', { input: sum, output: sum }, ({ sum }) => (sum > 0 ? { sum } : failed('none')))
// @ts-expect-error TS2345: Argument of type '({ sum }: { sum: number; }) => Promise<{ sum: number; }>' is not assignable to parameter of type '(args: { count: number; }, ctx: RequestContext) => Awaitable<StructuredReturn<{ sum: number; }>>'. … Property 'sum' is missing in type '{ count: number; }' but required in type '{ sum: number; }'.
tool('a function with another argument', { input: { count: z.number() }, output: sum }, double)

// What a client of the tool gives and gets.
const made = tool('made', { input: { a: z.number(), c: z.boolean().default(true) }, output: { n: z.number(), on: z.boolean().default(true) } }, () => ({ n: 1 }))
type Made = NonNullable<typeof made.type>
same<typeof made.name, 'made'>()
same<InputOf<Made['input']>, { a: number; c?: boolean | undefined }>()
same<OutputOf<Made['output']>, { n: number; on: boolean }>()
