/** Parses URI templates (RFC 6570) into matchers, which extract the values of the variables from a URI. */
import { GangwayError } from '../gangway-error.ts'
import { normalizeUri } from './normalize-uri.ts'
import { matchParts, toCharacters, type Part, type Run } from './uri-matcher.ts'

type Operator = '' | '+' | '#' | '.' | '/' | ';' | '?' | '&'
type StripOperator<E extends string> = E extends `${'+' | '#' | '.' | '/' | ';' | '?' | '&'}${infer Rest}` ? Rest : E
type NameOf<V extends string> = V extends `${infer Name}*` ? Name : V extends `${infer Name}:${string}` ? Name : V
type Names<List extends string> = List extends `${infer First},${infer Rest}` ? NameOf<First> | Names<Rest> : NameOf<List>
type IsQuery<E extends string> = E extends `${'?' | '&'}${string}` ? true : false

type Required<T extends string> = T extends `${string}{${infer E}}${infer Rest}` ? (IsQuery<E> extends true ? never : Names<E>) | Required<Rest> : never
type Optional<T extends string> = T extends `${string}{${infer E}}${infer Rest}` ? (IsQuery<E> extends true ? Names<StripOperator<E>> : never) | Optional<Rest> : never

/** The variables of a template, typed from its text. Variables of a query such as `{?page}` are optional; all others are strings. */
export type TemplateParams<T extends string> = string extends T
  ? Record<string, string>
  : { [K in Required<T> as StripOperator<K>]: string } & { [K in Optional<T>]?: string } extends infer Both
    ? { [K in keyof Both]: Both[K] }
    : never

export interface UriTemplate {
  readonly variables: readonly string[]
  /**
   * Returns the decoded values if the template expands to this URI, in any equivalent spelling. Returns undefined for any other URI.
   * Takes time linear in the length of the URI.
   */
  match(uri: string): Record<string, string> | undefined
}

interface Syntax {
  /** Precedes the first value. */
  readonly prefix: string
  readonly separator: string
  /** Characters that end a value, unless they are percent-encoded. Correct expansion encodes more characters, but some clients do not. */
  readonly stops: string
  /** Whether the URI contains the name of each variable. */
  readonly named?: boolean
  /** Whether values contain reserved characters without encoding. */
  readonly reserved?: boolean
}

/** RFC 3986, section 2.2. Expansion encodes these characters for all operators except `+` and `#`. */
const RESERVED = ":/?#[]@!$&'()*+,;="

const SYNTAX: Record<Exclude<Operator, '?' | '&'>, Syntax> = {
  '': { prefix: '', separator: ',', stops: '/?#,' },
  '+': { prefix: '', separator: ',', stops: '', reserved: true },
  '#': { prefix: '#', separator: ',', stops: '', reserved: true },
  '.': { prefix: '.', separator: '.', stops: '/?#' },
  '/': { prefix: '/', separator: '/', stops: '/?#' },
  ';': { prefix: ';', separator: ';', stops: '/?#;', named: true },
}

interface Variable {
  readonly name: string
  readonly explode: boolean
  readonly maxLength: number | undefined
}

/** The parts of a template, and the functions that decode the text of each variable. */
interface Parsed {
  /** Match exactly the URIs that the template expands to. */
  readonly strict: Part[]
  /** Also match reserved characters that the client should have encoded. */
  readonly lenient: Part[]
  readonly decoders: Map<string, (text: string) => string>
  /** The keys of the runs that match a query. */
  readonly queries: symbol[]
  readonly queryVariables: Map<string, Variable>
}

const EXPRESSION = /^([+#./;?&]?)((?:[A-Za-z0-9_.%]+(?:\*|:\d{1,4})?)(?:,[A-Za-z0-9_.%]+(?:\*|:\d{1,4})?)*)$/

/** Supports all four levels of RFC 6570. Throws `GANGWAY_E_URI_TEMPLATE` for text that is not a template. */
export function parseUriTemplate(template: string): UriTemplate {
  const hasQuery = /\{[?&]/.test(template)
  const parsed: Parsed = { strict: [], lenient: [], decoders: new Map(), queries: [], queryVariables: new Map() }
  for (const piece of template.split(/(\{[^{}]*\})/)) {
    if (piece.startsWith('{')) addExpression(parsed, piece.slice(1, -1), template, hasQuery)
    else if (/[{}]/.test(piece)) throw invalid(template, 'a brace is unbalanced')
    else addLiteral(parsed, toCharacters(normalizeUri(piece)))
  }
  const { strict, lenient, decoders, queryVariables } = parsed
  const firstRun = strict.findIndex((part) => typeof part !== 'string')
  const start = strict.splice(0, firstRun).join('') // Rejects most URIs at almost no cost.
  lenient.splice(0, firstRun)
  return {
    variables: [...decoders.keys(), ...queryVariables.keys()],
    match: (given) => {
      const uri = normalizeUri(given)
      if (!uri.startsWith(start)) return undefined
      const characters = toCharacters(uri.slice(start.length))
      const found = matchParts(strict, characters) ?? matchParts(lenient, characters)
      return found && decodeAll(found, parsed)
    },
  }
}

function addLiteral({ strict, lenient }: Parsed, characters: readonly string[]): void {
  for (const character of characters) {
    strict.push(character)
    lenient.push(character)
  }
}

function addExpression(parsed: Parsed, text: string, template: string, hasQuery: boolean): void {
  const { strict, lenient, decoders, queries, queryVariables } = parsed
  const { operator, variables } = parseExpression(text, template)
  const names = [...decoders.keys(), ...queryVariables.keys(), ...variables.map(({ name }) => name)]
  if (new Set(names).size < names.length) throw invalid(template, 'a variable name occurs twice')
  if (operator === '?' || operator === '&') {
    for (const variable of variables) queryVariables.set(variable.name, variable)
    const key = Symbol('query')
    queries.push(key)
    for (const parts of [strict, lenient]) parts.push({ key, lead: operator, optional: true, stops: '#', mayBeEmpty: true })
    return
  }
  const syntax = SYNTAX[operator]
  const { prefix, separator } = syntax
  for (const [index, variable] of variables.entries()) {
    decoders.set(variable.name, decoderOf(variable, operator))
    const label = [...(index === 0 ? prefix : separator), ...(syntax.named ? toCharacters(variable.name) : [])]
    if (!isLabeled(variable, syntax)) addLiteral(parsed, label)
    const stops = operator === '+' && hasQuery ? '?' : syntax.stops // If the template has a query, a question mark starts it.
    strict.push(runOf(variable, { ...syntax, stops: syntax.reserved ? stops : RESERVED }, label))
    lenient.push(runOf(variable, { ...syntax, stops }, label))
  }
}

function parseExpression(text: string, template: string): { operator: Operator; variables: Variable[] } {
  const [, operator = '', list = ''] = EXPRESSION.exec(text) ?? []
  if (!list) throw invalid(template, `"{${text}}" is not an expression`)
  const variables = list.split(',').map((spec): Variable => {
    const [name = '', length] = spec.replace(/\*$/, '').split(':')
    return { name, explode: spec.endsWith('*'), maxLength: length === undefined ? undefined : Number(length) }
  })
  return { operator: operator as Operator, variables }
}

/** With `{;name*}`, the name precedes each value: `;name=1;name=2`. */
const isLabeled = ({ explode }: Variable, { named = false }: Syntax): boolean => explode && named

function runOf(variable: Variable, syntax: Syntax, label: readonly string[]): Run {
  const { name, explode, maxLength } = variable
  const { separator, stops, named, reserved } = syntax
  const run = { key: name, stops, ...(maxLength !== undefined && { maxLength }) }
  if (isLabeled(variable, syntax)) return { ...run, label }
  if (named) return { ...run, lead: '=', optional: true, mayBeEmpty: true }
  return explode && !reserved ? { ...run, separator } : run
}

/** Percent-encoded characters that stay encoded in a value, because they would act as separators. `%25` stays encoded if decoding it would create another encoded character. */
const KEPT = {
  reserved: /(%(?:2[1346789ABCF]|3[ABDF]|40|5[BD])|%25(?=[0-9A-F]{2}))/,
  ',': /(%2C|%25(?=[0-9A-F]{2}))/,
  '/': /(%2F|%25(?=[0-9A-F]{2}))/,
  '.': /(%25(?=[0-9A-F]{2}))/, // Expansion never encodes a dot.
}

function decoderOf({ explode }: Variable, operator: Exclude<Operator, '?' | '&'>): (text: string) => string {
  const { separator, named, reserved } = SYNTAX[operator]
  if (reserved) return (text) => decodeExcept(text, KEPT.reserved)
  if (!explode) return decodeURIComponent
  if (!named) return (text) => decodeExcept(text, KEPT[separator as keyof typeof KEPT])
  return (text) => joinValues(text.split(separator).slice(1).map((pair) => split(pair, '=')[1] ?? ''))
}

/** Decodes all but the matches of `kept`. They are the pieces with odd indexes, because the pattern captures them. */
const decodeExcept = (text: string, kept: RegExp): string => text.split(kept).map((piece, index) => (index % 2 === 0 ? decodeURIComponent(piece) : piece)).join('')

const joinValues = (values: readonly string[]): string => values.map((value) => decodeExcept(value.replaceAll(',', '%2C'), KEPT[','])).join(',')

function decodeAll(found: ReadonlyMap<string | symbol, string | undefined>, { decoders, queries, queryVariables }: Parsed): Record<string, string> | undefined {
  const values: [string, string][] = []
  try {
    for (const [name, decode] of decoders) values.push([name, decode(found.get(name) ?? '')])
    for (const key of queries) values.push(...queryValues(found.get(key) ?? '', queryVariables))
  } catch {
    return undefined // The bytes are not UTF-8. No template expands to such a URI.
  }
  return Object.fromEntries(values)
}

/** A query may contain its variables in any order, and other parameters, which are ignored. */
function queryValues(query: string, variables: Parsed['queryVariables']): [string, string][] {
  const given = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    const [name, value = ''] = split(pair, '=')
    if (!variables.has(name)) continue
    const values = given.get(name) ?? []
    values.push(value)
    given.set(name, values)
  }
  return [...given].map(([name, texts]) => [name, variables.get(name)?.explode ? joinValues(texts) : decodeURIComponent(texts.at(-1) ?? '')])
}

function split(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

const invalid = (template: string, reason: string): GangwayError =>
  new GangwayError('GANGWAY_E_URI_TEMPLATE', `"${template}" is not a URI template: ${reason}. See RFC 6570 for the syntax`)
