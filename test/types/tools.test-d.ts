/** Tools: the arguments that a handler receives, and the results that it may return. */
import { image, text, tool, toolResult, type CallToolResult, type FailedToolResult, type InputOf, type OutputOf, type RequestContext, type ToolHandler, type ToolResult } from '@gangway/core'
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
// @ts-expect-error TS2345: Argument of type '({ amount }: { amount: string; }) => string' is not assignable to parameter of type '(args: { amount: number; }, ctx: RequestContext) => Awaitable<ContentOrDeclareOutput>'. … Type 'number' is not assignable to type 'string'.
tool('annotated otherwise', { input: { amount: z.number() } }, ({ amount }: { amount: string }) => amount)
// @ts-expect-error TS2551: Property 'sginal' does not exist on type 'RequestContext'. Did you mean 'signal'?
tool('unknown member of the context', { input: { amount: z.number() } }, (_, ctx) => ctx.sginal.aborted)

// Results without `output`: text, or what a helper made.
tool('text', {}, () => 'text')
tool('nothing', {}, async () => {})
tool('block', {}, () => text('helper'))
tool('block with more', {}, () => ({ ...text('helper'), annotations: { priority: 1 } }))
tool('blocks', {}, async () => [text('helper'), image('', 'image/png')])
tool('mapped', {}, () => ['a', 'b'].map((name) => text(name)))
tool('complete', {}, () => toolResult({ content: [{ type: 'text', text: 'spelled out' }], isError: true }))
tool('complete, of another server', {}, (): ToolResult => toolResult({} as CallToolResult))
// @ts-expect-error TS2322: Type '{ type: "text"; text: string; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'. … Property '[madeBy]' is missing in type '{ type: "text"; text: string; }' but required in type 'MadeBy<"text()">'.
tool('block without a helper', {}, () => ({ type: 'text', text: 'spelled out' }))
// @ts-expect-error TS2322: Type '{ type: "image"; data: string; mimeType: string; }' is not assignable to type 'Content'. … Property '[madeBy]' is missing in type '{ type: "image"; data: string; mimeType: string; }' but required in type 'MadeBy<"image()">'.
tool('blocks without a helper', {}, () => [text('helper'), { type: 'image', data: '', mimeType: 'image/png' }])
// @ts-expect-error TS2322: Type '{ content: { type: "text"; text: string; }[]; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'. … Property '[madeBy]' is missing in type '{ content: { type: "text"; text: string; }[]; }' but required in type 'MadeBy<"toolResult()">'.
tool('complete without a helper', {}, () => ({ content: [{ type: 'text', text: 'spelled out' }] }))
// @ts-expect-error TS2322: Type '{ resultType: "input_required"; inputRequests: {}; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'. … Property '[madeBy]' is missing in type '{ resultType: "input_required"; inputRequests: {}; }' but required in type 'MadeBy<"inputRequired()">'.
tool('a question without a helper', {}, () => ({ resultType: 'input_required', inputRequests: {} }))
// @ts-expect-error TS2322: Type '{ sum: number; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'.
tool('value without output', {}, () => ({ sum: 1 }))
// @ts-expect-error TS2322: Type '"none" | { sum: number; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'. Type '{ sum: number; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'.
tool('text or value without output', { input: sum }, ({ sum }) => (sum > 0 ? { sum } : 'none'))
// @ts-expect-error TS2322: Type '{ sum: number; reason?: never; } | { sum?: never; reason: string; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'. Type '{ sum: number; reason?: never; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'.
tool('one of two values without output', { input: sum }, ({ sum }) => (sum > 0 ? { sum } : { reason: 'none' }))
// @ts-expect-error TS2345: Argument of type '() => { sum: number; }' is not assignable to parameter of type '(args: {}, ctx: RequestContext) => Awaitable<ContentOrDeclareOutput>'. Type '{ sum: number; }' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'.
tool('value without output in a block body', {}, () => {
  return { sum: 1 }
})
// @ts-expect-error TS2322: Type 'Promise<{ sum: number; }>' is not assignable to type 'Awaitable<ContentOrDeclareOutput>'. … Type '{ sum: number; }' is not assignable to type 'ContentOrDeclareOutput'.
tool('async value without output', {}, async () => ({ sum: 1 }))
// @ts-expect-error TS2769: No overload matches this call. … Did you mean to write 'content'?
tool('typo in a complete result', {}, () => toolResult({ contents: [text('x')] }))
// @ts-expect-error TS2769: No overload matches this call. … Did you mean '"text"'?
tool('unknown kind of block', {}, () => toolResult({ content: [{ type: 'txt', text: 'x' }] }))

// Results with `output`: the value, which the compiler checks where it is written.
tool('right', { output: sum }, () => ({ sum: 1 }))
tool('literals stay literals', { output: health }, () => ({ status: 'ok', code: 1, parts: ['disk'], range: [1, 'x'] }))
tool('in a promise', { output: health }, async () => ({ status: 'ok', code: 1, parts: ['disk'], range: [1, 'x'] }))
tool('in a block body', { input: sum, output: health }, async ({ sum }) => {
  if (sum > 1) return { status: 'ok', code: 1, parts: [], range: [sum, 'x'] }
  return toolResult({ content: [{ type: 'text', text: 'too little' }], isError: true })
})
tool('computed', { output: { ...sum, names: z.array(z.string()) } }, () => ({ sum: [1, 2].reduce((a, b) => a + b, 0), names: [1].map(String) }))
tool('optional left out', { output: { ...sum, note: z.string().optional(), kind: z.string().default('plain') } }, () => ({ sum: 1 }))
tool('complete with the value', { output: sum }, () => toolResult({ content: [text('x')], structuredContent: { sum: 1 } }))
tool('complete with literals', { output: health }, () => toolResult({ structuredContent: { status: 'ok', code: 1, parts: ['disk'], range: [1, 'x'] } }))
tool('complete with literals, in a promise', { output: health }, async () => toolResult({ structuredContent: { status: 'ok', code: 1, parts: ['disk'], range: [1, 'x'] } }))
tool('a failure needs no value', { output: sum }, () => toolResult({ content: [text('x')], isError: true }))
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
// @ts-expect-error TS2322: Type 'ToolResult' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'unknown' is not assignable to type '{ sum: number; }'.
tool('complete without the value', { output: sum }, () => toolResult({ content: [text('x')] }))
// @ts-expect-error TS2322: Type 'StructuredToolResult<{ sum: string; }>' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
tool('complete with a wrong value', { output: sum }, () => toolResult({ content: [text('x')], structuredContent: { sum: 'one' } }))

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
const failed = (message: string): FailedToolResult => toolResult({ content: [text(message)], isError: true })
tool('a helper for failures', { input: sum, output: sum }, ({ sum }) => (sum > 0 ? { sum } : failed('none')))
// @ts-expect-error TS2345: Argument of type '({ sum }: { sum: number; }) => Promise<{ sum: number; }>' is not assignable to parameter of type '(args: { count: number; }, ctx: RequestContext) => Awaitable<StructuredReturn<{ sum: number; }>>'. … Property 'sum' is missing in type '{ count: number; }' but required in type '{ sum: number; }'.
tool('a function with another argument', { input: { count: z.number() }, output: sum }, double)

// What a client of the tool gives and gets.
const made = tool('made', { input: { a: z.number(), c: z.boolean().default(true) }, output: { n: z.number(), on: z.boolean().default(true) } }, () => ({ n: 1 }))
type Made = NonNullable<typeof made.type>
same<typeof made.name, 'made'>()
same<InputOf<Made['input']>, { a: number; c?: boolean | undefined }>()
same<OutputOf<Made['output']>, { n: number; on: boolean }>()
