/** What compiles, what does not, and what the compiler says then: each mistake in the `*.test-d.ts` files stands under a comment with its message. */

import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { compile, type Complaint } from './compiler.ts'

interface Expectation {
  readonly line: number
  /** A code and a message, in which ` … ` stands for the steps between the first sentence and the last. */
  readonly text: string
}

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.test-d.ts'))
let complaints: readonly Complaint[]

beforeAll(async () => {
  const revealed = files.map((name) => [name, read(name).replaceAll('// @ts-expect-error', '// expected:')])
  complaints = (await compile({ ...Object.fromEntries(revealed), 'same.ts': read('same.ts') })).complaints
}, 60_000)

test.each(files)('%s: the compiler reports the errors in the comments', (file) => {
  const expected = expectations(read(file))
  const said = complaints.filter((complaint) => complaint.file === file)
  expect(said.map((complaint) => shown(complaint, expected))).toEqual(expected)
})

test('no other file has errors', () => {
  expect(complaints.filter(({ file }) => !files.includes(file))).toEqual([])
})

test.each(['value without output', 'text or value without output', 'async value without output'])('%s: the error suggests to declare the output [case 41]', (tool) => {
  const line = read('tools.test-d.ts').split('\n').findIndex((text) => text.startsWith(`tool('${tool}'`)) + 1
  expect(complaints.find((complaint) => complaint.file === 'tools.test-d.ts' && complaint.line === line)?.message).toContain('DeclareOutput')
})

/** A comment speaks of the next line of code; a second message of the same line has a comment of its own, `// and …`. */
function expectations(source: string): Expectation[] {
  const lines = source.split('\n')
  return lines.flatMap((line, index) => {
    const text = /^\s*\/\/ (?:@ts-expect-error|and) (TS\d+: .+)$/.exec(line)?.[1]
    if (!text) return []
    const code = lines.findIndex((later, at) => at > index && !later.trimStart().startsWith('//'))
    return [{ line: code + 1, text }]
  })
}

function shown({ line, code, message }: Complaint, expected: readonly Expectation[]): Expectation {
  const text = `${code}: ${message}`
  const met = expected.find((one) => {
    const [first = '', last] = one.text.split(' … ')
    return one.line === line && (last === undefined ? text === first : text.startsWith(`${first} `) && text.endsWith(` ${last}`))
  })
  return { line, text: met?.text ?? text }
}
