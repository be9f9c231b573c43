/** URI templates: what one expands to, it takes apart again. The expander follows RFC 6570, section 3.2, and knows nothing of ours. */
import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { parseUriTemplate } from '../../packages/core/src/definition/uri-template.ts'

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

interface SimpleExpression {
  operator: Operator
  names: string[]
}

/** Templates whose expansion is not ambiguous: literals keep the expressions apart. */
const expressions = fc.array(fc.record({ operator: fc.constantFrom<Operator[]>('', '.', '/', ';'), count: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 4 }).map((list) => {
  let sequence = 0
  return list.map(({ operator, count }): SimpleExpression => ({ operator, names: Array.from({ length: count }, () => `v${++sequence}`) }))
})

const textOf = (parts: readonly SimpleExpression[]): string => parts.map(({ operator, names }) => `{${operator}${names.join(',')}}`).join('/-/')
const uriOf = (parts: readonly SimpleExpression[], values: Readonly<Record<string, string>>): string => parts.map(({ operator, names }) => expand(operator, names, values)).join('/-/')
const namesOf = (parts: readonly SimpleExpression[]): string[] => parts.flatMap(({ names }) => names)
const valuesFor = (names: readonly string[], one: fc.Arbitrary<string>) => fc.record(Object.fromEntries(names.map((name) => [name, one])))

test('values survive expansion and matching', () => {
  const cases = expressions.chain((parts) => fc.tuple(fc.constant(parts), valuesFor(namesOf(parts), withoutDots)))
  fc.assert(
    fc.property(cases, ([parts, values]) => {
      expect(parseUriTemplate(`x://${textOf(parts)}/end`).match(`x://${uriOf(parts, values)}/end`)).toEqual(values)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('query values survive, and absent ones stay absent', () => {
  const optional = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'binary', maxLength: 12 }), { noNullPrototype: true })
  fc.assert(
    fc.property(value, optional, (path, query) => {
      expect(parseUriTemplate('x://{path}{?a,b,c}').match(`x://${expand('', ['path'], { path })}${expand('?', ['a', 'b', 'c'], query)}`)).toEqual({ path, ...query })
      expect(parseUriTemplate('x://{path}?fixed=1{&a,b,c}').match(`x://${expand('', ['path'], { path })}?fixed=1${expand('&', ['a', 'b', 'c'], query)}`)).toEqual({ path, ...query })
    }),
    { seed: SEED, numRuns: 500 },
  )
})

test('values with reserved characters survive', () => {
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

test('the parser throws only GANGWAY_E_URI_TEMPLATE, for any text', () => {
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

interface Expression {
  operator: Operator
  variables: { name: string; modifier: '' | '*' | `:${number}` }[]
}

/** Literals that also occur in values, so that many templates can be split in several ways. */
const literal = fc.constantFrom('', '-', '/', ':', ',', '@', '.', 'é', ' b ', '/x/', '%2F')
const modifier = fc.constantFrom<Expression['variables'][number]['modifier'][]>('', '', '*', ':1', ':3')
const anyText = fc.array(fc.oneof(fc.constantFrom('-', '/', ':', ',', '@', '.', 'é', '%', '%2F', '=', ';', 'a', '~'), fc.string({ unit: 'binary', minLength: 1, maxLength: 2 })), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''))

const anyTemplate = fc.array(fc.tuple(literal, fc.constantFrom<Operator[]>('', '+', '#', '.', '/', ';'), fc.array(modifier, { minLength: 1, maxLength: 3 })), { minLength: 1, maxLength: 4 }).chain((list) =>
  fc.tuple(fc.constant(list), literal, fc.array(modifier.map((one) => (one === ':1' ? '' : one)), { maxLength: 2 })).map(([parts, end, query]) => {
    let sequence = 0
    const expression = (operator: Operator, modifiers: Expression['variables'][number]['modifier'][]): Expression => ({ operator, variables: modifiers.map((one) => ({ name: `v${++sequence}`, modifier: one })) })
    const pieces: (string | Expression)[] = parts.flatMap(([text, operator, modifiers]) => [text, expression(operator, modifiers)])
    return [...pieces, end, ...(query.length > 0 ? [expression('?', query)] : [])]
  }),
)

const templateOf = (pieces: readonly (string | Expression)[]): string => pieces.map((piece) => (typeof piece === 'string' ? piece : `{${piece.operator}${piece.variables.map(({ name, modifier }) => name + modifier).join(',')}}`)).join('')

/** What `encode` made stays as it is in reserved and exploded values. */
const encodeRest = (text: string, reserved: boolean): string => text.split(/(%[0-9A-F]{2})/).map((part, index) => (index % 2 === 1 ? part : encode(part, reserved))).join('')

/** Expands with one text for each variable. The text of an exploded variable holds its values, joined as the operator joins them. */
function expandAll(pieces: readonly (string | Expression)[], values: Readonly<Record<string, string>>): string {
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return encodeRest(piece, true)
      const { first, separator, named, empty, reserved } = OPERATORS[piece.operator]
      const texts = piece.variables.flatMap(({ name, modifier }) => {
        const text = values[name]
        if (text === undefined) return [] // Of a query, whose variables are optional.
        const length = modifier.startsWith(':') ? Number(modifier.slice(1)) : Number.POSITIVE_INFINITY
        if (modifier === '*' && !reserved) {
          const list = text.split(named ? ',' : separator).map((one) => encodeRest(one, false))
          return named ? list.map((one) => (one === '' ? `${name}${empty}` : `${name}=${one}`)) : list
        }
        const shown = (reserved ? (text.match(/%[0-9A-F]{2}|./gsu) ?? []) : Array.from(text)).slice(0, length).join('') // A triplet counts as one character.
        const encoded = reserved ? encodeRest(shown, true) : encode(shown, false)
        return [named ? (encoded === '' ? `${name}${empty}` : `${name}=${encoded}`) : encoded]
      })
      return texts.length > 0 ? first + texts.join(separator) : ''
    })
    .join('')
}

const namesIn = (pieces: readonly (string | Expression)[]): string[] => pieces.flatMap((piece) => (typeof piece === 'string' ? [] : piece.variables.map(({ name }) => name)))

test('an expanded template matches, and its values expand to the same URI [case 5]', () => {
  const cases = anyTemplate.chain((pieces) => fc.tuple(fc.constant(pieces), valuesFor(namesIn(pieces), anyText)))
  fc.assert(
    fc.property(cases, ([pieces, given]) => {
      const hasQuery = pieces.some((piece) => typeof piece === 'object' && piece.operator === '?')
      // A question mark begins the query. In a list, each value has at least one character.
      const values = Object.fromEntries(Object.entries(given).map(([name, text]) => [name, (hasQuery ? text.replaceAll('?', '!') : text).replaceAll(/[,/.](?=[,/.]|$)|^[,/.]/g, 'x')]))
      const uri = `x:${expandAll(pieces, values)}`
      const found = parseUriTemplate(`x:${templateOf(pieces)}`).match(uri)
      expect(found).toBeDefined()
      expect(`x:${expandAll(pieces, found ?? {})}`).toBe(uri)
    }),
    { seed: SEED, numRuns: 3000 },
  )
})

test('an encoded slash never becomes a slash that separates values [case 27]', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      const uri = `x://${encode(a, false)}%2f${encode(b, false)}`
      expect(parseUriTemplate('x://{a}/{b}').match(uri)).toBeUndefined()
      expect(parseUriTemplate('x://{a}').match(uri)).toEqual({ a: `${a}/${b}` })
      for (const template of ['x://{+a}', 'x:/{/a*}']) expect(parseUriTemplate(template).match(uri)?.a).toMatch(/^[^/]*%2F[^/]*$/)
    }),
    { seed: SEED, numRuns: 500 },
  )
})

const spell = (text: string, pick: readonly boolean[]): string => Array.from(text).map((char, index) => (pick[index % pick.length] ? percent(char).toLowerCase() : char)).join('')

test('equivalent spellings of a URI match alike [case 27]', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'Z', '~', 'é', ' ', '"', '🙂'), minLength: 1 }), fc.array(fc.boolean(), { minLength: 1 }), (text, pick) => {
      expect(parseUriTemplate(`x://${text}/{a}`).match(`x://${spell(text, pick)}/${spell(text, pick.map((one) => !one))}`)).toEqual({ a: text })
      expect(parseUriTemplate(`x://${spell(text, pick)}/{a}`).match(`x://${text}/1`)).toEqual({ a: '1' })
    }),
    { seed: SEED, numRuns: 500 },
  )
})
