/** A request's body: how much of it is read, and its text. */
import { ParseError } from '../jsonrpc/errors.ts'
import { HttpError } from './http-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Throws `ParseError` for bytes that are not UTF-8, rather than let replacement characters pass for what was sent. */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new ParseError({ cause })
  }
}

/** The bytes of a body that comes in pieces; `announced` is what its content-length says. Throws `HttpError` 413 as soon as it is known to be too long, and 400 if it breaks off. */
export async function collectBody(chunks: AsyncIterable<Uint8Array>, announced: string | undefined, maxBody: number): Promise<Uint8Array<ArrayBuffer>> {
  requireLength(Number(announced ?? 0), maxBody)
  const kept: Uint8Array[] = []
  let length = 0
  for await (const chunk of unbroken(chunks)) {
    length += chunk.length
    requireLength(length, maxBody)
    kept.push(chunk)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of kept) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}

function requireLength(bytes: number, maxBody: number): void {
  if (bytes > maxBody) throw new HttpError(413, `A body may have at most ${maxBody} bytes`)
}

async function* unbroken<T>(chunks: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* chunks
  } catch (cause) {
    throw new HttpError(400, 'The request broke off before the end of its body', { cause })
  }
}
