/** What kind of content a `Content-Type` header names. */
import { remembered } from './remembered.ts'

/** In lower case and without parameters; undefined where there is none. */
export const mediaTypeOf = (header: string | null | undefined): string | undefined => (header ? read(header) : undefined)

const read = remembered((header) => (header.split(';')[0] ?? '').trim().toLowerCase())
