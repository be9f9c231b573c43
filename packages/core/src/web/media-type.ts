/** What kind of content a `Content-Type` header names. */
import { HttpError } from './http-error.ts'
import { remembered } from './remembered.ts'

/** In lower case and without parameters; undefined where there is none. */
const mediaTypeOf = (header: string | null | undefined): string | undefined => (header ? read(header) : undefined)

const read = remembered((header) => (header.split(';')[0] ?? '').trim().toLowerCase())

/** Throws `HttpError` 415 for a body that does not say it is JSON. */
export function requireJson(header: string | undefined): void {
  const type = mediaTypeOf(header)
  if (type !== 'application/json') throw new HttpError(415, `Content-Type must be application/json, not ${type ?? 'missing'}`)
}
