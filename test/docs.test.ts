/** What docs/asking.md, docs/client.md, docs/testing.md, docs/proxy.md and docs/transports.md show compiles, and the test that they show is one that runs. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compile } from './types/compiler.ts'

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const blocks = (path: string): string[] => [...read(path).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!)

test('the test in docs/testing.md is apps/quickstart/test/shop.test.ts', () => {
  expect(blocks('docs/testing.md')[0]).toBe(read('apps/quickstart/test/shop.test.ts'))
})

test('every other program compiles', async () => {
  const programs = [...blocks('docs/client.md'), ...blocks('docs/testing.md').slice(1), ...blocks('docs/proxy.md'), ...blocks('docs/transports.md'), ...blocks('docs/asking.md')]
  expect(programs.length).toBeGreaterThan(6)
  const { complaints } = await compile(Object.fromEntries(programs.map((program, index) => [`program${index}.ts`, program])))
  expect(complaints.filter(({ file }) => file.startsWith('program'))).toEqual([]) // The compiler is not given Node's types here.
}, 60_000)
