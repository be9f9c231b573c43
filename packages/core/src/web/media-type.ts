/** Checks the `Content-Type` header of a request. */
import { HttpError } from './http-error.ts'
import { memoize } from '../util/memoize.ts'

/** Returns the media type in lower case and without parameters, or undefined if there is no header. */
const mediaTypeOf = (header: string | null | undefined): string | undefined => (header ? read(header) : undefined)

const read = memoize((header) => (header.split(';')[0] ?? '').trim().toLowerCase())

/** Throws `HttpError` 415 unless the content type is `application/json`. */
export function requireJson(header: string | undefined): void {
  const type = mediaTypeOf(header)
  if (type !== 'application/json') throw new HttpError(415, `Content-Type must be application/json, not ${type ?? 'missing'}`)
}
