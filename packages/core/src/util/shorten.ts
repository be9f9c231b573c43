/** Cuts values that a client sent before they are logged or put into a message, so that a client cannot flood the log. */

/** Default maximum in characters for a name, an id or a URI. */
const MAX_VALUE = 200

export const shorten = (text: string, max: number = MAX_VALUE): string => (text.length > max ? `${text.slice(0, max)}… (${text.length} characters)` : text)

/** Formats a value of a message for a log line: long text is cut, and an object is replaced by its type. */
export function brief(value: unknown): string | number | boolean | null | undefined {
  if (typeof value === 'string') return shorten(value)
  return value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean' ? value : typeof value
}
