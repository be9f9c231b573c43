/** Cuts what a client sent before it goes into a log line or a message, so that no client decides how much is written. */

/** Characters of a name, an id or a URI. */
const MAX_VALUE = 200

export const shorten = (text: string, max: number = MAX_VALUE): string => (text.length > max ? `${text.slice(0, max)}… (${text.length} characters)` : text)

/** A value of a message as a log shows it: text is cut, and objects are named by their type only. */
export function brief(value: unknown): string | number | boolean | null | undefined {
  if (typeof value === 'string') return shorten(value)
  return value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean' ? value : typeof value
}
