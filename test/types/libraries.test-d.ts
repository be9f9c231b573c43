/** Schema libraries other than zod: whatever implements Standard Schema with its JSON Schema extension. */
import { McpServer, type InputOf, type OutputOf } from '@gangway/core'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { same } from './same.ts'

const json = toStandardJsonSchema
const server = new McpServer({ name: 'shop', version: '1.0.0' })
  .tool('arktype fields', { input: { id: type('string'), size: type('number | undefined') }, output: { kind: type("'big' | 'small'") } }, ({ id, size }) => {
    same<typeof id, string>()
    same<typeof size, number | undefined>()
    return { kind: 'big' }
  })
  .tool('arktype object', { input: type({ id: 'string', 'size?': 'number', on: 'boolean = true', n: 'string.numeric.parse' }), output: type({ kind: "'big' | 'small'" }) }, (args) => {
    same<typeof args, { id: string; size?: number; on: boolean; n: number }>()
    return { kind: 'big' }
  })
  .tool('valibot fields', { input: { id: json(v.string()), size: json(v.optional(v.number())) }, output: { kind: json(v.picklist(['big', 'small'])) } }, (args) => {
    same<typeof args, { id: string; size?: number | undefined }>()
    return { kind: 'big' }
  })
  .tool('valibot object', { input: json(v.object({ id: v.string(), on: v.optional(v.boolean(), true) })), output: json(v.object({ kind: v.picklist(['big', 'small']) })) }, (args) => {
    same<typeof args, { id: string; on: boolean }>()
    return { kind: 'big' }
  })
  .tool('mixed', { input: { a: z.number(), b: type('string'), c: json(v.boolean()) } }, (args) => same<typeof args, { a: number; b: string; c: boolean }>())

type Tools = typeof server.toolTypes
same<InputOf<Tools['arktype object']['input']>, { id: string; size?: number; on?: boolean; n: string }>()
same<OutputOf<Tools['arktype fields']['output']>, { kind: 'big' | 'small' }>()
same<InputOf<Tools['valibot object']['input']>, { id: string; on?: boolean | undefined }>()
same<OutputOf<Tools['valibot fields']['output']>, { kind: 'big' | 'small' }>()

// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
server.tool('arktype, wrong', { output: type({ sum: 'number' }) }, () => ({ sum: 'one' }))
// @ts-expect-error TS2322: Type 'Promise<{ sum: string; }>' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
server.tool('arktype, wrong, in a promise', { output: { sum: type('number') } }, async () => ({ sum: 'one' }))
// @ts-expect-error TS2339: Property 'amuont' does not exist on type '{ amount: number; }'.
server.tool('arktype, typo in args', { input: type({ amount: 'number' }) }, ({ amuont }) => amuont)
// @ts-expect-error TS2322: Type 'string' is not assignable to type 'number'.
server.tool('valibot, wrong', { output: json(v.object({ sum: v.number() })) }, () => ({ sum: 'one' }))
// @ts-expect-error TS2322: Type 'Promise<{ sum: string; }>' is not assignable to type 'Awaitable<StructuredReturn<{ sum: number; }>>'. … Type 'string' is not assignable to type 'number'.
server.tool('valibot, wrong, in a promise', { output: { sum: json(v.number()) } }, async () => ({ sum: 'one' }))
// @ts-expect-error TS2339: Property 'amuont' does not exist on type '{ amount: number; }'.
server.tool('valibot, typo in args', { input: json(v.object({ amount: v.number() })) }, ({ amuont }) => amuont)
