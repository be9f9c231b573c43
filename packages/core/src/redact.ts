/** Masks secrets in text that is meant for people: error messages, log lines, the output of other programs. */

const MASK = '***'

/** Shorter values are not masked: they are rarely secrets, and would mask parts of ordinary words. */
const MIN_SECRET = 4

/** `://`, and what follows of a URL. The scheme is left out, so that each match begins with a literal. Files have no secrets in their names. */
const URL_REST = /(?<!file):\/\/[^\s"'<>`]+/g

/** What looks like a credential, each with what to put in its place. Every pattern takes linear time: it begins with a literal or has a bounded prefix. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)(\s+)(?!auth|tokens?\b|challenge|scheme|\w+=")[\w.~+/=-]{8,}/gi, `$1$2${MASK}`],
  [/(--?[\w-]{0,40}?(?:token|secret|passw(?:or)?d|api-?key|access-?key|credentials?)[\w-]{0,20}["']?(?:\s+(?!(?:and|for|in|is|of|on|or|to|with)\s)|=|\s*,\s*)["']?)[^\s"',;]+/gi, `$1${MASK}`],
  [/((?:(?<!\bunexpected )token|secret|passw(?:or)?d|passphrase|(?:api|access|private|auth)[-_]?key|authorization|credentials?|cookie)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]+/gi, `$1${MASK}`],
  [/\b(?:(?:sk|pk|rk|gh[pousr]|github_pat|glpat|npm|xox[a-z]|hf|whsec)[-_]|AKIA|ASIA|AIza)[\w-]{16,}/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, MASK],
]

/** Masks what looks like a credential: queries and user names in URLs, bearer tokens, `password=…`, and the keys of well-known services. */
export function redact(text: string): string {
  const urls = text.replaceAll(URL_REST, maskUrl)
  return CREDENTIALS.reduce((result, [pattern, replacement]) => result.replaceAll(pattern, replacement), urls)
}

function maskUrl(rest: string): string {
  const [, authority = '', path = '', more = ''] = /^:\/\/([^/?#]*)([^?#]*)(.*)$/s.exec(rest) ?? []
  const host = authority.includes('@') ? `${MASK}@${authority.slice(authority.lastIndexOf('@') + 1)}` : authority
  const segments = path.split('/').map((segment) => (isKey(segment) ? MASK : segment))
  return `://${host}${segments.join('/')}${more.length > 1 ? more.slice(0, 1) + MASK : more}`
}

/** Some services put a key in the path: long, and of both letters and digits. */
const isKey = (segment: string): boolean => segment.length >= 24 && /\d/.test(segment) && /[A-Za-z]/.test(segment) && /^[\w=%-]+$/.test(segment)

/**
 * `redact()` that also masks known values, such as those of headers and variables, as they are, in URLs, and in JSON.
 * Values of fewer than 4 characters stay. Give it whole texts: a value that was cut is not found.
 *
 * @example redactor(['hunter2'])('login failed: hunter2') // 'login failed: ***'
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const forms = [...secrets].filter(({ length }) => length >= MIN_SECRET).flatMap((secret) => [secret, encoded(secret), JSON.stringify(secret).slice(1, -1)])
  const longestFirst = [...new Set(forms)].filter(({ length }) => length >= MIN_SECRET).toSorted((a, b) => b.length - a.length) // One may be a part of another.
  return (text) => redact(longestFirst.reduce((result, secret) => result.replaceAll(secret, MASK), text))
}

/** The parts of a URL that may be secrets: user name, password, and the values of its query. None for text that is not a URL. */
export function secretsOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return []
  const { username, password, searchParams } = new URL(text)
  return [decodeSafely(username), decodeSafely(password), ...searchParams.values()].filter((value) => value !== '')
}

/** As a URL has it. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text // Half of a surrogate pair.
  }
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
