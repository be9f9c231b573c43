/** URI templates: what one expands to, it takes apart again. The expander follows RFC 6570, section 3.2, and knows nothing of ours. */
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { parseUriTemplate } from '../../packages/core/src/server/uri-template.ts'

const SEED = 20_260_728

vi.setConfig({ testTimeout: 60_000 }) // Many examples in one test.

const OPERATORS = {
  '': { first: '', separator: ',', named: false, empty: '', reserved: false },
  '+': { first: '', separator: ',', named: false, empty: '', reserved: true },
  '#': { first: '#', separator: ',', named: false, empty: '', reserved: true },
  '.': { first: '.', separator: '.', named: false, empty: '', reserved: false },
  '/': { first: '/', separator: '/', named: false, empty: '', reserved: false },
  ';': { first: ';', separator: ';', named: true, empty: '', reserved: false },
  '?': { first: '?', separator: '&', named: true, empty: '=', reserved: false },
  '&': { first: '&', separator: '&', named: true, empty: '=', reserved: false },
} as const
type Operator = keyof typeof OPERATORS

const percent = (text: string): string => Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
const encode = (value: string, reserved: boolean): string => {
  const kept = reserved ? /[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]/ : /[A-Za-z0-9\-._~]/
  return Array.from(value, (char) => (kept.test(char) ? char : percent(char))).join('')
}

/** One expression; values that are absent leave no trace. */
function expand(operator: Operator, names: readonly string[], values: Readonly<Record<string, string>>): string {
  const { first, separator, named, empty, reserved } = OPERATORS[operator]
  const parts = names.flatMap((name) => {
    const value = values[name]
    if (value === undefined) return []
    const text = encode(value, reserved)
    if (!named) return [text]
    return [text === '' ? `${name}${empty}` : `${name}=${text}`]
  })
  return parts.length > 0 ? first + parts.join(separator) : ''
}

const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
/** What ends an unnamed value of this operator may not be in it, since it is not encoded; a dot is the only such one. */
const withoutDots = value.map((text) => text.replaceAll('.', '-'))

interface Expression {
  operator: Operator
  names: string[]
}

/** Templates whose expansion is not ambiguous: literals keep the expressions apart. */
const expressions = fc.array(fc.record({ operator: fc.constantFrom<Operator[]>('', '.', '/', ';'), count: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 4 }).map((list) => {
  let sequence = 0
  return list.map(({ operator, count }): Expression => ({ operator, names: Array.from({ length: count }, () => `v${++sequence}`) }))
})

const textOf = (parts: readonly Expression[]): string => parts.map(({ operator, names }) => `{${operator}${names.join(',')}}`).join('/-/')
const uriOf = (parts: readonly Expression[], values: Readonly<Record<string, string>>): string => parts.map(({ operator, names }) => expand(operator, names, values)).join('/-/')
const namesOf = (parts: readonly Expression[]): string[] => parts.flatMap(({ names }) => names)
const valuesFor = (names: readonly string[], one: fc.Arbitrary<string>) => fc.record(Object.fromEntries(names.map((name) => [name, one])))

test('values come back from what a template expands to', () => {
  const cases = expressions.chain((parts) => fc.tuple(fc.constant(parts), valuesFor(namesOf(parts), withoutDots)))
  fc.assert(
    fc.property(cases, ([parts, values]) => {
      expect(parseUriTemplate(`x://${textOf(parts)}/end`).match(`x://${uriOf(parts, values)}/end`)).toEqual(values)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('values of a query come back, those that are absent stay so', () => {
  const optional = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'binary', maxLength: 12 }), { noNullPrototype: true })
  fc.assert(
    fc.property(value, optional, (path, query) => {
      expect(parseUriTemplate('x://{path}{?a,b,c}').match(`x://${expand('', ['path'], { path })}${expand('?', ['a', 'b', 'c'], query)}`)).toEqual({ path, ...query })
      expect(parseUriTemplate('x://{path}?fixed=1{&a,b,c}').match(`x://${expand('', ['path'], { path })}?fixed=1${expand('&', ['a', 'b', 'c'], query)}`)).toEqual({ path, ...query })
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('values that may hold reserved characters come back', () => {
  const plain = value.map((text) => text.replaceAll('%', '-')) // A percent sign that is there already is kept by RFC 6570: it is not to be told from its own code.
  fc.assert(
    fc.property(plain, plain, (path, fragment) => {
      expect(parseUriTemplate('x://{+path}').match(`x://${expand('+', ['path'], { path })}`)).toEqual({ path })
      expect(parseUriTemplate('x://a{#fragment}').match(`x://a${expand('#', ['fragment'], { fragment })}`)).toEqual({ fragment })
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('no text makes a template throw, or gives values that do not expand to it', () => {
  const template = parseUriTemplate('x://{a}/{b}')
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' }), fc.string().map((text) => `x://${text}`), fc.tuple(fc.string(), fc.string()).map(([a, b]) => `x://${a}/${b}`)), (uri) => {
      const values = template.match(uri)
      if (values === undefined) return
      expect(Object.keys(values)).toEqual(['a', 'b'])
      expect(template.match(`x://${expand('', ['a'], values)}/${expand('', ['b'], values)}`)).toEqual(values)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('no text makes the parser fail with anything but GANGWAY_E_URI_TEMPLATE', () => {
  const piece = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('{', '}', '{a}', '{+b}', '{?c,d}', '{e*}', '{f:3}', ',', '\\', '(', '^', '$'))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')), (text) => {
      try {
        expect(Array.isArray(parseUriTemplate(text).variables)).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ code: 'GANGWAY_E_URI_TEMPLATE' })
      }
    }),
    { seed: SEED, numRuns: 1000 },
  )
})
