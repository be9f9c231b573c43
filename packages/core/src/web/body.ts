/** A request's body: how much of it is read, and its text. */
import { ParseError } from '../jsonrpc/errors.ts'
import { HttpError } from './http-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Node, Bun and Deno have a faster way, which leaves a byte order mark where it is. */
const { Buffer } = globalThis as { Buffer?: { from(buffer: ArrayBufferLike, offset: number, length: number): { toString(): string } } }

/** Stands where bytes were no UTF-8, or in their place where it was sent. */
const REPLACEMENT = '\ufffd'
const BYTE_ORDER_MARK = '\ufeff'

/** Throws `ParseError` for bytes that are not UTF-8, rather than let replacement characters pass for what was sent. */
export function decodeBody(bytes: Uint8Array): string {
  const text = Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  if (text !== undefined && !text.includes(REPLACEMENT) && !text.startsWith(BYTE_ORDER_MARK)) return text
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new ParseError({ cause })
  }
}

/** `Uint8Array<ArrayBuffer>` where the compiler's library has it: the type is not generic before TypeScript 5.7. */
export type Bytes = ReturnType<TextEncoder['encode']>

/** The bytes of a body that comes in pieces. */
export class BodyPieces {
  readonly #max: number
  readonly #kept: Bytes[] = []
  #length = 0

  /** `announced` is what its content-length says. Throws `HttpError` 413 if that is too long. */
  constructor(announced: string | undefined, max: number) {
    this.#max = max
    this.#check(Number(announced ?? 0))
  }

  /** Throws `HttpError` 413 as soon as it is known to be too long. */
  add(piece: Uint8Array): void {
    this.#length += piece.length
    this.#check(this.#length)
    this.#kept.push(piece as Bytes) // No reader gives memory that others have as well.
  }

  whole(): Bytes {
    const [first, ...more] = this.#kept
    if (first && more.length === 0) return first
    const whole = new Uint8Array(this.#length)
    let offset = 0
    for (const piece of this.#kept) {
      whole.set(piece, offset)
      offset += piece.length
    }
    return whole
  }

  #check(bytes: number): void {
    if (bytes > this.#max) throw new HttpError(413, `A body may have at most ${this.#max} bytes`)
  }
}

/** Throws `HttpError` 413 for a body that is too long, and 400 for one that breaks off. */
export async function collectBody(chunks: AsyncIterable<Uint8Array>, announced: string | undefined, maxBody: number): Promise<Bytes> {
  const pieces = new BodyPieces(announced, maxBody)
  for await (const chunk of unbroken(chunks)) pieces.add(chunk)
  return pieces.whole()
}

export const brokenOff = (cause?: unknown): HttpError => new HttpError(400, 'The request broke off before the end of its body', { cause })

async function* unbroken<T>(chunks: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* chunks
  } catch (cause) {
    throw brokenOff(cause)
  }
}
