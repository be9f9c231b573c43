/** What `call` makes of what is typed, and what people see of a schema. */
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { toolArguments } from '../src/client/convert-arguments.ts'
import { elicitIn } from '../src/client/elicit.ts'
import { shellWords } from '../src/client/split-command.ts'
import { toolSignature } from '../src/client/signature.ts'
import { readWords } from '../src/client/parse-arguments.ts'
import { scrub } from '../src/output.ts'
import { message } from './gangway.ts'

const schema = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    count: { type: 'integer' },
    ratio: { type: ['number', 'null'] },
    flag: { type: 'boolean', default: false },
    ids: { type: 'array', items: { type: 'integer' } },
    either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    level: { enum: [1, 'two'] },
    place: { $ref: '#/$defs/place' },
    any: {},
  },
  required: ['text'],
  $defs: { place: { type: 'object', properties: { city: { type: 'string' }, within: { $ref: '#/$defs/place' } }, required: ['city'] } },
}
const tool = { name: 'go', inputSchema: schema, outputSchema: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } } }
const argumentsOf = async (...words: string[]) => toolArguments(tool, await readWords(words, undefined))

test('a signature', () => {
  expect(toolSignature(tool)).toBe('go(text: string, count?: integer, ratio?: number | null, flag?: boolean = false, ids?: integer[], either?: integer | string, level?: 1 | "two", place?: { city: string, within?: { city: string, within?: { city: string, within?: object } } }, any?: any) -> (string | null)[]')
})

describe('converts an argument to the type in the schema', () => {
  test.each([
    ['count=-5', { count: -5 }],
    ['ratio=1e3', { ratio: 1000 }],
    ['ratio=null', { ratio: null }],
    ['flag=yes', { flag: true }],
    ['ids=7', { ids: [7] }],
    ['ids=[7,8]', { ids: [7, 8] }],
    ['either=7', { either: 7 }],
    ['either=7a', { either: '7a' }],
    ['level=1', { level: 1 }],
    ['level=two', { level: 'two' }],
    ['place={"city":"Bern"}', { place: { city: 'Bern' } }],
    ['any={"a":1}', { any: { a: 1 } }],
    ['any=word', { any: 'word' }],
    ['any=null', { any: null }],
    ['any:="5"', { any: '5' }],
    ['{"count":"as it is"}', { count: 'as it is' }],
  ])('%s', async (word, expected) => {
    expect(await argumentsOf('text=x', word)).toEqual({ text: 'x', ...expected })
  })

  test.each([
    ['text=5', '5'],
    ['text=', ''],
    ['text=a=b', 'a=b'],
    ['text=@@home', '@home'],
  ])('%s', async (word, text) => {
    expect(await argumentsOf(word)).toEqual({ text })
  })

  test('converts an argument to a type that the schema also allows', async () => {
    const open = { name: 'go', inputSchema: { ...schema, additionalProperties: true } }
    expect(toolArguments(open, await readWords(['text=x', 'more=5'], undefined))).toEqual({ text: 'x', more: 5 })
  })

  test('converts a list of several arguments', async () => {
    expect(await argumentsOf('text=x', 'ids=1', 'ids=2')).toEqual({ text: 'x', ids: [1, 2] })
  })
})

test('handles recursive schemas', async () => {
  const json = { anyOf: [{ type: 'number' }, { type: 'string' }, { type: 'array', items: { $ref: '#/$defs/json' } }, { $ref: '#/$defs/json' }] }
  const endless = { name: 'go', inputSchema: { type: 'object', properties: { value: { $ref: '#/$defs/json' }, lists: { $ref: '#/$defs/lists' }, circle: { $ref: '#/properties/circle' } }, $defs: { json, lists: { type: 'array', items: { $ref: '#/$defs/lists' } } } } }
  expect(toolSignature(endless)).toMatch(/^go\(value\?: number \| string \| \(.*lists\?: array(\[\])+, circle\?: any\)$/)
  expect(toolArguments(endless, await readWords(['value=x', 'circle=1', 'lists=[[]]'], undefined))).toEqual({ value: 'x', circle: 1, lists: [[]] })
  await expect(readWords(['lists=x'], undefined).then((given) => toolArguments(endless, given))).rejects.toMatchObject({ code: 'GANGWAY_E_ARGUMENT' })
})

test('[case 38] a schema with very many alternatives', () => {
  const inputSchema = { type: 'object', properties: { one: { anyOf: Array.from({ length: 200_000 }, (_, index) => ({ type: index < 100_000 ? 'string' : 'number' })) } } }
  expect(toolSignature({ name: 'go', inputSchema })).toBe('go(one?: string | number)')
})

describe('rejects an argument', () => {
  test.each([
    [['count=1.5'], '"count" … "1.5" … integer'],
    [['count='], '"count" … "" … integer'],
    [['ids=x'], '"ids" … "x" … integer'],
    [['level=tow'], '"level" … "tow" … 1, two … "two"?'],
    [['place=x'], '"place" … "x" … { city: string'],
    [['text=a', 'text=b'], '"text" … 2 times'],
    [['text=a', 'txet=b'], '"txet" … "text"? … go('],
    [['count=1'], 'Missing … "text" … go('],
    [['word'], '"word" … name=value, name:=json or @file.json'],
    [['any:=word'], 'any:=word … JSON … name=text'],
    [['[1]'], '"[1]" … name=value, name:=json or @file.json'],
    [['{1}'], '{1} … JSON'],
    [['text=@/nowhere'], '/nowhere does not exist … @@'],
  ])('%j', async (words, facts) => {
    await expect(argumentsOf(...words)).rejects.toMatchObject({ code: 'GANGWAY_E_ARGUMENT', message: message(facts) })
  })
})

test('parses a command line', () => {
  expect(shellWords(`  npx -y "a b" 'c "d"' e'f g'h ""`)).toEqual(['npx', '-y', 'a b', 'c "d"', 'ef gh', ''])
  for (const line of ['', ' ', "a 'b"]) expect(() => shellWords(line)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_USAGE' }))
})

test('shows control characters instead of printing them', () => {
  expect(scrub('a\u001B[2J\rb\u202Ec\n\td\u0000é')).toBe('a\\u001b[2J\\u000db\\u202ec\n\td\\u0000é')
})

/** Somebody who answers each prompt with the next line, and then is gone. */
function terminal(...lines: string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text
    if (!/[>\]] $/.test(text)) return
    const line = lines.shift()
    if (line === undefined) input.end()
    else input.write(`${line}\n`)
  })
  return { elicit: elicitIn({ input, output, isTerminal: true }), shown: () => shown }
}

describe('an elicitation in the terminal', () => {
  const form = { message: 'Buy\u0007 it?', requestedSchema: { type: 'object', properties: { yes: { type: 'boolean' }, size: { type: 'integer', default: 3, title: 'Size' }, note: { type: 'string' } }, required: ['yes'] } }
  const { signal } = new AbortController()

  test('prompts for each field, and again after an invalid response', async () => {
    const { elicit, shown } = terminal('perhaps', 'yes', '', 'a note')
    expect(await elicit(form, { signal })).toEqual({ action: 'accept', content: { yes: true, size: 3, note: 'a note' } })
    expect(shown()).toMatch(/^.*Buy\\u0007 it\?\n.*Ctrl\+D.*\nyes: boolean> .*expected boolean\nyes: boolean> Size\nsize\?: integer = 3> note\?: string> $/)
  })

  test('is declined at the end of input', async () => {
    expect(await terminal('yes').elicit(form, { signal })).toEqual({ action: 'decline' })
  })

  test('of a URL is accepted or declined', async () => {
    const page = { mode: 'url', message: 'Pay', url: 'https://example.com/pay' } as const
    const { elicit, shown } = terminal('y')
    expect(await elicit(page, { signal })).toEqual({ action: 'accept' })
    expect(shown()).toContain('https://example.com/pay')
    expect(await terminal('').elicit(page, { signal })).toEqual({ action: 'decline' })
  })

  test('waits for the previous one', async () => {
    const { elicit } = terminal('yes', '1', '', 'no', '2', '')
    expect(await Promise.all([elicit(form, { signal }), elicit(form, { signal })])).toEqual([
      { action: 'accept', content: { yes: true, size: 1 } },
      { action: 'accept', content: { yes: false, size: 2 } },
    ])
  })
})
