/** Gives equivalent URIs one spelling, so that they can be compared as strings. */

/** Characters that normalization may change: everything that is not allowed in a URI, and `%`, because a triplet can have several spellings. */
const UNUSUAL = /[^!#$&-;=?-[\]_a-z~]/
const TRIPLET_OR_UNUSUAL = /%[0-9A-Fa-f]{2}|[^!#$%&-;=?-[\]_a-z~\ud800-\udfff]/gu
const UNRESERVED = /[A-Za-z0-9\-._~]/

/**
 * Percent-encodes characters that URIs cannot contain, such as spaces and `é`. Writes hexadecimal digits in upper case. Decodes letters, digits and `-._~`.
 * Nothing else changes: `%2F` stays `%2F`. Scheme, host and dot segments stay as written, since many servers use them as case-sensitive identifiers.
 * Takes time linear in the length. RFC 3986, section 6.2.2; RFC 6570, section 3.1.
 */
export function normalizeUri(uri: string): string {
  return UNUSUAL.test(uri) ? uri.replace(TRIPLET_OR_UNUSUAL, normalizePart) : uri
}

function normalizePart(part: string): string {
  if (part.length < 3) return encodeURIComponent(part)
  const char = String.fromCharCode(Number.parseInt(part.slice(1), 16))
  return UNRESERVED.test(char) ? char : part.toUpperCase()
}
