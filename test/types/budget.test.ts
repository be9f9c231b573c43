/** What the types of a server cost the compiler, counted in instantiations, which are the same on every machine. */

import { beforeAll, expect, test } from 'vitest'
import { compile } from './compiler.ts'

const HEAD = `import { McpServer, tool } from '@gangway/core'\nimport { z } from 'zod'\n`
const SERVER = `export const server = new McpServer({ name: 'shop', version: '1.0.0' })`

const input = (name: string): string => `{ id: z.number(), note: z.string().optional(), kind: z.enum(['${name}', 'other']) }`
const output = `{ total: z.number(), labels: z.array(z.string()) }`
const definition = (name: string): string =>
  `'${name}', { description: 'x', input: ${input(name)}, output: ${output} }, async ({ id, note, kind }) => ({ total: id, labels: [kind, note ?? 'none'] })`

/** The same tools, in each way to write them; `schemas` has their schemas and no tools. */
const programs: Record<string, (names: string[]) => string> = {
  schemas: (names) => `${SERVER}\n${names.map((name) => `export const ${name} = [${input(name)}, ${output}] as const`).join('\n')}`,
  chained: (names) => `${SERVER}\n${names.map((name) => `  .tool(${definition(name)})`).join('\n')}`,
  tested: (names) => `import { connectInMemory } from '@gangway/core/testing'\n${programs.chained?.(names)}\nexport const client = await connectInMemory(server)\n${names.map((name) => `export const called_${name} = (await client.call.${name}({ id: 1, kind: 'other' })).total`).join('\n')}`,
  added: (names) => `${names.map((name) => `const ${name} = tool(${definition(name)})`).join('\n')}\n${SERVER}.add(${names.join(', ')})`,
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `tool${index}`)

let instantiations: Readonly<Record<string, number>>

beforeAll(async () => {
  const measured: Record<string, number> = {}
  for (const [way, count] of [['schemas', 1], ['chained', 1], ['schemas', 200], ['chained', 200], ['added', 200], ['tested', 200]] as const) {
    const compiled = await compile({ 'server.ts': HEAD + programs[way]?.(names(count)) })
    expect(compiled.complaints).toEqual([])
    measured[`${way} ${count}`] = compiled.instantiations
  }
  instantiations = measured
}, 60_000)

/** Above what their schemas cost without us. */
const cost = (way: string, count: number): number => (instantiations[`${way} ${count}`] ?? Number.NaN) - (instantiations[`schemas ${count}`] ?? Number.NaN)

test.each([
  { way: 'chained', count: 1, before: 1494 },
  { way: 'chained', count: 200, before: 183_579 },
  { way: 'added', count: 200, before: 88_093 },
  { way: 'tested', count: 200, before: 240_949 },
])('$way: $count tools cost at most a quarter more than the recorded budget', ({ way, count, before }) => {
  expect(cost(way, count)).toBeLessThan(before * 1.25)
})

test('a large server type-checks faster with .add() than with chained .tool()', () => {
  expect(cost('added', 200)).toBeLessThan(cost('chained', 200))
})
