/** From the bytes of a request's body to its text. */
import { ParseError } from '../jsonrpc/errors.ts'

/** Throws `ParseError` for bytes that are not UTF-8, rather than let replacement characters pass for what was sent. */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new ParseError({ cause })
  }
}
