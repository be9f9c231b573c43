/** URI templates (RFC 6570) read backwards: a concrete URI in, the values of the variables out. */
import { GangwayError } from '../gangway-error.ts'

type Operator = '' | '+' | '#' | '.' | '/' | ';' | '?' | '&'
type StripOperator<E extends string> = E extends `${'+' | '#' | '.' | '/' | ';' | '?' | '&'}${infer Rest}` ? Rest : E
type NameOf<V extends string> = V extends `${infer Name}*` ? Name : V extends `${infer Name}:${string}` ? Name : V
type Names<List extends string> = List extends `${infer First},${infer Rest}` ? NameOf<First> | Names<Rest> : NameOf<List>
type IsQuery<E extends string> = E extends `${'?' | '&'}${string}` ? true : false

type Required<T extends string> = T extends `${string}{${infer E}}${infer Rest}` ? (IsQuery<E> extends true ? never : Names<E>) | Required<Rest> : never
type Optional<T extends string> = T extends `${string}{${infer E}}${infer Rest}` ? (IsQuery<E> extends true ? Names<StripOperator<E>> : never) | Optional<Rest> : never

/** The variables of a template, typed from its text: `{?query}` variables may be absent, all others are strings. */
export type TemplateParams<T extends string> = string extends T
  ? Record<string, string>
  : { [K in Required<T> as StripOperator<K>]: string } & { [K in Optional<T>]?: string } extends infer Both
    ? { [K in keyof Both]: Both[K] }
    : never

export interface UriTemplate {
  readonly variables: readonly string[]
  /** The values in a URI that the template could have produced, decoded; undefined for any other URI. */
  match(uri: string): Record<string, string> | undefined
}

const QUERY = Symbol('query')

interface Variable {
  readonly name: string
  readonly explode: boolean
}

// Expansion joins several values of one expression with the separator, and puts the prefix in front of the first.
const SYNTAX: Record<Operator, { prefix: string; separator: string; value: string }> = {
  '': { prefix: '', separator: ',', value: '[^/?#,]+' },
  '+': { prefix: '', separator: ',', value: '.+' },
  '#': { prefix: '#', separator: ',', value: '.+' },
  '.': { prefix: '\\.', separator: '\\.', value: '[^/?#.]+' },
  '/': { prefix: '/', separator: '/', value: '[^/?#]+' },
  ';': { prefix: ';', separator: ';', value: '[^/?#;]*' },
  '?': { prefix: '', separator: '', value: '' },
  '&': { prefix: '', separator: '', value: '' },
}

/** Values without a bound of their own: each further one multiplies the ways to split a URI by its length. */
const MAX_RESERVED = 2

const EXPRESSION = /^([+#./;?&]?)((?:[A-Za-z0-9_.%]+(?:\*|:\d{1,4})?)(?:,[A-Za-z0-9_.%]+(?:\*|:\d{1,4})?)*)$/

/** Throws `GANGWAY_E_URI_TEMPLATE` for text that is not a template of levels 1 to 4. */
export function parseUriTemplate(template: string): UriTemplate {
  let reserved = 0
  const inPath: string[] = []
  const inQuery: string[] = []
  /** What each group of the pattern holds: the value of a variable, or a query. */
  const groups: (string | typeof QUERY)[] = []
  const hasQuery = /\{[?&]/.test(template)
  const parts = template.split(/(\{[^{}]*\})/).map((part) => {
    if (!part.startsWith('{')) {
      if (/[{}]/.test(part)) throw invalid(template, 'a brace has no partner')
      return escape(part)
    }
    const { operator, variables } = parseExpression(part.slice(1, -1), template)
    const names = variables.map(({ name }) => name)
    if (operator === '?' || operator === '&') {
      inQuery.push(...names)
      groups.push(QUERY)
      return `(?:\\${operator}([^#]*))?`
    }
    inPath.push(...names)
    groups.push(...names)
    if (operator === '+' || operator === '#') reserved += names.length
    return patternOf(operator, variables, hasQuery)
  })
  const variables = [...inPath, ...inQuery]
  if (reserved > MAX_RESERVED) throw invalid(template, `more than ${MAX_RESERVED} of {+…} and {#…} cannot be told apart in bounded time`)
  if (new Set(variables).size < variables.length) throw invalid(template, 'a variable is named twice')
  const pattern = new RegExp(`^${parts.join('')}$`, 's')
  return {
    variables,
    match: (uri) => {
      const [, ...found] = pattern.exec(uri) ?? []
      if (found.length === 0) return undefined
      // A query may name its variables in any order, and others besides.
      return decode(groups.flatMap((group, index) => (group === QUERY ? pairs(found[index], inQuery) : [[group, found[index]] as const])))
    },
  }
}

function parseExpression(text: string, template: string): { operator: Operator; variables: Variable[] } {
  const [, operator = '', list = ''] = EXPRESSION.exec(text) ?? []
  if (!list) throw invalid(template, `"{${text}}" is not an expression`)
  const variables = list.split(',').map((spec) => ({ name: spec.replace(/\*$|:\d+$/, ''), explode: spec.endsWith('*') }))
  return { operator: operator as Operator, variables }
}

function patternOf(operator: Operator, variables: readonly Variable[], hasQuery: boolean): string {
  const { prefix, separator, value: usual } = SYNTAX[operator]
  const value = operator === '+' && hasQuery ? '[^?]+' : usual // Where the template has a query, a question mark begins it.
  const each = variables.map(({ name, explode }) => {
    // A reserved value may hold the separator itself: to repeat it as well would try every way to split it, which are too many.
    const isReserved = operator === '+' || operator === '#'
    const one = explode && !isReserved ? `${value}(?:${separator}${value})*` : value
    return operator === ';' ? `${escape(name)}=?(${one})` : `(${one})`
  })
  return prefix + each.join(separator)
}

function pairs(query = '', wanted: readonly string[]): (readonly [string, string])[] {
  const given = query.split('&').map((pair) => split(pair, '='))
  return given.filter(([name]) => wanted.includes(name)).map(([name, value = '']) => [name, value] as const)
}

function decode(values: readonly (readonly [string, string | undefined])[]): Record<string, string> | undefined {
  try {
    return Object.fromEntries(values.map(([name, value = '']) => [name, decodeURIComponent(value)]))
  } catch {
    return undefined // A percent sign that encodes nothing: no template expands to that.
  }
}

function split(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

const invalid = (template: string, reason: string): GangwayError =>
  new GangwayError('GANGWAY_E_URI_TEMPLATE', `"${template}" is not a URI template: ${reason}: see RFC 6570 for the syntax`)
