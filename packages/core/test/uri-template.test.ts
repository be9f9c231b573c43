/** URI templates read backwards, operator by operator, after the examples of RFC 6570. */
import { describe, expect, test } from 'vitest'
import { parseUriTemplate } from '../src/server/uri-template.ts'

const match = (template: string, uri: string) => parseUriTemplate(template).match(uri)

test.each<[template: string, uri: string, values: Record<string, string> | undefined]>([
  ['a://b/{c}', 'a://b/1', { c: '1' }],
  ['a://b/{c}', 'a://b/', undefined],
  ['a://b/{c}', 'a://b/1/2', undefined],
  ['a://b/{c}', 'a://b/1?x', undefined],
  ['a://b/{c}', 'a://b/1#x', undefined],
  ['a://b/{c}', 'x://b/1', undefined],
  ['a://b/{c}', ' a://b/1', undefined],
  ['a://{b}/{c}', 'a://x/y', { b: 'x', c: 'y' }],
  ['a://{b}-{c}', 'a://x-y', { b: 'x', c: 'y' }],
  ['a://{b,c}', 'a://x,y', { b: 'x', c: 'y' }],
  ['a://{b,c}', 'a://x', undefined],
  ['a://b.c/{d}', 'a://bxc/1', undefined],
  ['a://(b|c)/{d}', 'a://(b|c)/1', { d: '1' }],
  ['a://{+b}', 'a://x/y?z#w', { b: 'x/y?z#w' }],
  ['a://{+b}/end', 'a://x/y/end', { b: 'x/y' }],
  ['a://b{#c}', 'a://b#x/y', { c: 'x/y' }],
  ['a://b{.c}', 'a://b.json', { c: 'json' }],
  ['a://b{.c,d}', 'a://b.tar.gz', { c: 'tar', d: 'gz' }],
  ['a://b{/c,d}', 'a://b/x/y', { c: 'x', d: 'y' }],
  ['a://b{/c*}', 'a://b/x/y/z', { c: 'x/y/z' }],
  ['a://{b*}/end', 'a://x,y,z/end', { b: 'x,y,z' }],
  ['a://{+b*}/end', 'a://x,y/z/end', { b: 'x,y/z' }],
  ['a://b{;c,d}', 'a://b;c=1;d=2', { c: '1', d: '2' }],
  ['a://b{;c}', 'a://b;c', { c: '' }],
  ['a://b{?c,d}', 'a://b?c=1&d=2', { c: '1', d: '2' }],
  ['a://b{?c,d}', 'a://b?d=2&c=1&e=3', { c: '1', d: '2' }],
  ['a://b{?c,d}', 'a://b?d=', { d: '' }],
  ['a://b{?c}', 'a://b', {}],
  ['a://b{?c}', 'a://b?', {}],
  ['a://b{?c}', 'a://b?c=1=2', { c: '1=2' }],
  ['a://b{?c}', 'a://b?cc=1', {}],
  ['a://b?x=1{&c}', 'a://b?x=1&c=2', { c: '2' }],
  ['a://b?x=1{&c}', 'a://b?x=1', {}],
  ['a://b?x=1{&c}', 'a://b?x=2&c=2', undefined],
  ['a://{+b}{?c}', 'a://x/y?c=1', { b: 'x/y', c: '1' }],
  ['a://b{?c}{#d}', 'a://b?c=1#x', { c: '1', d: 'x' }],
  ['a://{b}', 'a://%F0%9F%99%82', { b: '🙂' }],
  ['a://{b}', 'a://%2F%3F%23', { b: '/?#' }],
  ['a://{b}', 'a://100%25', { b: '100%' }],
  ['a://{b}', 'a://%', undefined],
  ['a://{b}', 'a://%ff', undefined],
  ['a://b{?c}', 'a://b?c=%zz', undefined],
  ['a://{b:3}', 'a://xyz', { b: 'xyz' }],
  ['a://{b_c.d}', 'a://x', { 'b_c.d': 'x' }],
  ['é://{b}', 'é://x', { b: 'x' }],
])('%s and %s make %j', (template, uri, values) => {
  expect(match(template, uri)).toEqual(values)
})

test('values may be called like the members of an object', () => {
  const values = match('a://{constructor}/{__proto__}', 'a://x/y') ?? {}
  expect(Object.entries(values)).toEqual([
    ['constructor', 'x'],
    ['__proto__', 'y'],
  ])
})

test('a text made to be split in every way is refused at once', () => {
  for (const [template, piece] of [['a://{+b*}/end', ','], ['a://{+b*}{?c}', ',x'], ['a://{b*}/end', 'x,'], ['a://{/b*}/end', '/x'], ['a://{#b*}{;c}', ',']] as const) {
    expect(match(template, `a://${piece.repeat(2000)}?#`)).toBeUndefined()
  }
})

test('a template knows its variables', () => {
  expect(parseUriTemplate('a://{b}/{+c}{?d,e}').variables).toEqual(['b', 'c', 'd', 'e'])
})

describe('a template that is none is GANGWAY_E_URI_TEMPLATE, and says why', () => {
  test.each([
    ['a://{b', 'brace'],
    ['a://b}', 'brace'],
    ['a://{b}}', 'brace'],
    ['a://{{b}}', 'brace'],
    ['a://{}', 'expression'],
    ['a://{b c}', 'expression'],
    ['a://{b,}', 'expression'],
    ['a://{?}', 'expression'],
    ['a://{!b}', 'expression'],
    ['a://{b*:3}', 'expression'],
    ['a://{b}/{b}', 'twice'],
    ['a://{b}{?b}', 'twice'],
  ])('%s: %s', (template, reason) => {
    expect(() => parseUriTemplate(template)).toThrow(expect.objectContaining({ code: 'GANGWAY_E_URI_TEMPLATE', message: expect.stringContaining(reason) }))
  })
})
