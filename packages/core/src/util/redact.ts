/** Masks secrets in text that people read: error messages, log lines, the output of other programs. */

const MASK = '***'

/** Shorter values are not masked: they are rarely secrets, and masking them would garble ordinary words. */
const MIN_SECRET = 4

/** The `://` of a URL and everything after it. Leaving out the scheme lets each match begin with a literal, which is fast. `file:` URLs hold no secrets. */
const URL_REST = /(?<!file):\/\/[^\s"'<>`]+/g

/** Patterns of credentials with their replacements. Each pattern begins with a literal or a bounded prefix, so that matching takes linear time. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)(\s+)(?!auth|tokens?\b|challenge|scheme|\w+=")[\w.~+/=-]{8,}/gi, `$1$2${MASK}`],
  [/(--?[\w-]{0,40}?(?:token|secret|passw(?:or)?d|api-?key|access-?key|credentials?)[\w-]{0,20}["']?(?:\s+(?!(?:and|for|in|is|of|on|or|to|with)\s)|=|\s*,\s*)["']?)[^\s"',;]+/gi, `$1${MASK}`],
  [/((?:(?<!\bunexpected )token|secret|passw(?:or)?d|passphrase|(?:api|access|private|auth)[-_]?key|authorization|credentials?|cookie)["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;&]+/gi, `$1${MASK}`],
  [/\b(?:(?:sk|pk|rk|gh[pousr]|github_pat|glpat|npm|xox[a-z]|hf|whsec)[-_]|AKIA|ASIA|AIza)[\w-]{16,}/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, MASK],
]

/** Masks everything that looks like a credential: queries and user names in URLs, bearer tokens, `password=…`, and the API keys of well-known services. */
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

/** Some services put an API key in the path of a URL: a long segment of letters and digits. */
const isKey = (segment: string): boolean => segment.length >= 24 && /\d/.test(segment) && /[A-Za-z]/.test(segment) && /^[\w=%-]+$/.test(segment)

/**
 * Combines `redact()` and `masker()`: also masks known secrets, such as the values of headers and environment variables.
 *
 * @example redactor(['hunter2'])('login failed: hunter2') // 'login failed: ***'
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const mask = masker(secrets)
  return (text) => redact(mask(text))
}

/**
 * Masks known secrets in plain text, in URLs and in JSON. A secret of several lines is also masked line by line.
 * If `…` shows that the text was cut inside a secret, the visible part of the secret is masked.
 * Values of fewer than 4 characters and words such as `true` and `production` are not masked.
 */
export function masker(secrets: Iterable<string>): (text: string) => string {
  const found = [...secrets].flatMap((secret) => [secret, ...linesOf(secret)]).filter((secret) => secret.length >= MIN_SECRET && !ORDINARY.test(secret))
  const longestFirst = [...new Set(found.flatMap(formsOf))].toSorted((a, b) => b.length - a.length) // A secret may contain another one.
  return (text) => maskCut(longestFirst.reduce((result, secret) => result.replaceAll(secret, MASK), text), longestFirst)
}

/** Values of ordinary settings. They are not secrets, and masking them would garble messages. */
const ORDINARY = /^(?:true|false|none|null|auto|debug|info|warn|warning|error|silent|production|development|test|localhost|https?|stdio)$/i

const formsOf = (secret: string): string[] => [secret, encoded(secret), inJson(secret), inJson(inJson(secret))]

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** Programs often print a key of several lines, such as a PEM file, one line at a time. */
const linesOf = (secret: string): string[] => (secret.includes('\n') ? secret.split(/\r?\n/).map((line) => line.trim()) : [])

/** `excerpt()` marks each cut with this character. */
const CUT = '…'

function maskCut(text: string, secrets: readonly string[]): string {
  const parts = text.split(CUT)
  const last = parts.pop() ?? ''
  return [...parts.map((part) => maskEnd(part, secrets)), last].join(CUT)
}

/** Masks the beginning of a secret at the end of a text. Only the last characters are searched, so the work does not grow with the square of the length. */
function maskEnd(part: string, secrets: readonly string[]): string {
  if (part.length < MIN_SECRET) return part
  for (const secret of secrets) {
    const start = secret.slice(0, MIN_SECRET)
    for (let at = part.indexOf(start, part.length - secret.length + 1); at >= 0; at = part.indexOf(start, at + 1)) {
      if (secret.startsWith(part.slice(at))) return part.slice(0, at) + MASK
    }
  }
  return part
}

/** Returns the parts of a URL that may be secret: the user name, the password, the query values and the API keys in the path. Returns an empty list for other text. */
export function secretsOfUrl(text: string): string[] {
  if (!URL.canParse(text)) return []
  const { username, password, search, searchParams, pathname } = new URL(text)
  const raw = search.slice(1).split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))
  return [decodeSafely(username), decodeSafely(password), ...searchParams.values(), ...raw, ...pathname.split('/').filter(isKey)].filter((value) => value !== '')
}

const SECRET_NAME = /token|secret|passw|key|credential|auth|cookie/i

/** Returns the argument values that may be secret, as in `--api-key x`, `--token=x`, `API_KEY=x`, `Authorization: Bearer x`, and the secrets of URLs. */
export function secretsOfArguments(args: readonly string[]): string[] {
  return args.flatMap((argument, index) => {
    const { name = '', value = argument } = /^(?<name>-{0,2}[\w.-]+)(?:=|:\s+)(?<value>.*)$/s.exec(argument)?.groups ?? {}
    const before = args[index - 1] ?? ''
    const isSecret = name === '' ? before.startsWith('-') && !before.includes('=') && SECRET_NAME.test(before) : SECRET_NAME.test(name)
    return [...(isSecret ? [value, withoutScheme(value)] : []), ...secretsOfUrl(value)]
  }).filter((secret) => secret !== '')
}

/** Removes `Bearer` or `Basic` from the value of an `Authorization` header. */
export const withoutScheme = (value: string): string => value.replace(/^(?:bearer|basic)\s+/i, '')

/** Percent-encodes the text. Text that cannot be encoded is returned unchanged. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return text // The text contains half of a surrogate pair.
  }
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
