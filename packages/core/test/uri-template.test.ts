/** URI templates read backwards, operator by operator, after the examples of RFC 6570. */
import { describe, expect, test } from 'vitest'
import { matchParts, toCharacters, type Part } from '../src/definition/uri-matcher.ts'
import { parseUriTemplate } from '../src/definition/uri-template.ts'

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
  ['a://{+b,c,d,e}', 'a://1,2,3,4', { b: '1', c: '2', d: '3', e: '4' }],
  ['a://{b:1}-{c}', 'a://x-y-z', { b: 'x', c: 'y-z' }],
  ['a://{b:2}', 'a://é%F0%9F%99%82', { b: 'é🙂' }],
  ['a://{b:2}', 'a://xyz', undefined],
  ['a://{b}{c}', 'a://x%20', { b: 'x', c: ' ' }],
  ['a://b{;c}', 'a://b;cd', undefined],
  ['a://b{;c*}', 'a://b;c=1;c=2', { c: '1,2' }],
  ['a://b{;c*}', 'a://b;c=1;d=2', undefined],
  ['a://b{?c*}', 'a://b?c=1&c=2,3', { c: '1,2%2C3' }],
  ['a://b{?c}{&d}', 'a://b?d=2&c=1', { c: '1', d: '2' }],
])('%s and %s give %j', (template, uri, values) => {
  expect(match(template, uri)).toEqual(values)
})

test('[case 38] a template of an upstream may be very long', () => {
  const long = `shop://${'a'.repeat(300_000)}/`
  expect(parseUriTemplate(`${long}{id}`).match(`${long}7`)).toEqual({ id: '7' })
})

test('values can have the names of object members', () => {
  const values = match('a://{constructor}/{__proto__}', 'a://x/y') ?? {}
  expect(Object.entries(values)).toEqual([
    ['constructor', 'x'],
    ['__proto__', 'y'],
  ])
})

describe('percent-encoding [case 27]', () => {
  test.each<[template: string, uri: string, values: Record<string, string> | undefined]>([
    ['file:///docs/café/{name}', 'file:///docs/caf%C3%A9/a.txt', { name: 'a.txt' }],
    ['file:///docs/caf%c3%a9/{name}', 'file:///docs/café/a.txt', { name: 'a.txt' }],
    ['file:///my docs/{name}', 'file:///my%20docs/a.txt', { name: 'a.txt' }],
    ['file:///my docs/{name}', 'file:///my docs/a b.txt', { name: 'a b.txt' }],
    ['file:///%7Eann/{name}', 'file:///~ann/%61', { name: 'a' }],
    ['a://x%2Fy/{b}', 'a://x/y/1', undefined],
    ['a://x/y/{b}', 'a://x%2Fy/1', undefined],
    ['a://{b}/{c}', 'a://x%2fy', undefined],
    ['a://{b}', 'a://x%2fy', { b: 'x/y' }],
    ['a://{+b}', 'a://x%2Fy/%20%C3%A9', { b: 'x%2Fy/ é' }],
    ['a://{+b}', 'a://100%25/%252F', { b: '100%/%252F' }],
    ['a://b{/c*}', 'a://b/x%2Fy/z%3F', { c: 'x%2Fy/z?' }],
    ['a://{b*}', 'a://x%2Cy,z', { b: 'x%2Cy,z' }],
    ['a://{b}', 'a://100%', undefined],
  ])('%s and %s give %j', (template, uri, values) => {
    expect(match(template, uri)).toEqual(values)
  })
})

/** How often the matcher looks at a character. */
function readsOf(parts: readonly Part[], uri: string): number {
  let reads = 0
  const counted = new Proxy(toCharacters(uri), {
    get: (characters, key) => {
      reads++
      return Reflect.get(characters, key) as unknown
    },
  })
  matchParts(parts, counted)
  return reads
}
const value = (key: string, stops = '/?#,'): Part => ({ key, stops })

describe('work grows linearly with the length of the URI, for every template [case 5] [case 15]', () => {
  const many = Array.from({ length: 9 }, (_, index): Part[] => [value(`v${index}`), '-']).flat()

  test.each<[what: string, parts: readonly Part[], uriOf: (length: number) => string]>([
    ['repo://{owner}-{name}-{branch}-{file} and hyphens', [value('owner'), '-', value('name'), '-', value('branch'), '-', value('file')], (length) => `${'-'.repeat(length - 1)}/`],
    ['ten values and hyphens', [...many, value('last')], (length) => '-'.repeat(length)],
    ['doc://{name}@{version} and one letter', [value('name'), '@', value('version')], (length) => 'x'.repeat(length)],
    ['exploded lists', [{ key: 'a', stops: '/?#,', separator: ',' }, { key: 'b', stops: '/?#,', separator: ',' }, '!'], (length) => 'x,'.repeat(length / 2)],
    ['reserved values', [value('a', ''), ',', value('b', ''), ',', value('c', '')], (length) => ','.repeat(length)],
    ['prefixes', [{ key: 'a', stops: '/', maxLength: 9999 }, '-', { key: 'b', stops: '/', maxLength: 9999 }], (length) => '-'.repeat(length)],
    ['queries', [value('a'), { key: 'q', lead: '?', optional: true, stops: '#', mayBeEmpty: true }, '#', value('b', '')], (length) => '?'.repeat(length)],
  ])('%s', (_what, parts, uriOf) => {
    for (const length of [128, 2048, 16_384]) expect(readsOf(parts, uriOf(length))).toBeLessThanOrEqual(6 * parts.length * (length + 1))
  })
})

test('a URI that could be split in many ways is rejected at once', () => {
  for (const [template, piece] of [['a://{+b*}/end', ','], ['a://{+b*}{?c}', ',x'], ['a://{b*}/end', 'x,'], ['a://{/b*}/end', '/x'], ['a://{#b*}{;c}', ',']] as const) {
    expect(match(template, `a://${piece.repeat(2000)}?#`)).toBeUndefined()
  }
})

test('a template lists its variables', () => {
  expect(parseUriTemplate('a://{b}/{+c}{?d,e}').variables).toEqual(['b', 'c', 'd', 'e'])
})

describe('an invalid template is GANGWAY_E_URI_TEMPLATE, with the reason', () => {
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
