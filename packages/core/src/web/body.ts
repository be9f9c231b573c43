/** Reads and decodes request bodies of limited size. */
import { ParseError } from '../jsonrpc/rpc-errors.ts'
import type { FairBound, Share } from './endpoint-load.ts'
import { HttpError } from './http-error.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Available in Node, Bun and Deno. It is faster than `TextDecoder`, but keeps the byte order mark. */
const { Buffer } = globalThis as { Buffer?: { from(buffer: ArrayBufferLike, offset: number, length: number): { toString(): string } } }

/** `Buffer` replaces invalid UTF-8 with this character. The client may also have sent it. */
const REPLACEMENT = '\ufffd'
const BYTE_ORDER_MARK = '\ufeff'

/** Decodes UTF-8. Throws `ParseError` for invalid bytes, so that handlers never receive replacement characters that the client did not send. */
export function decodeBody(bytes: Uint8Array): string {
  const text = Buffer?.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  if (text !== undefined && !text.includes(REPLACEMENT) && !text.startsWith(BYTE_ORDER_MARK)) return text
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new ParseError({ cause })
  }
}

/** `Uint8Array<ArrayBuffer>` since TypeScript 5.7, and `Uint8Array` before, where the type is not generic. */
export type Bytes = ReturnType<TextEncoder['encode']>

/** Limits for the bodies that are being read. */
export interface BodyBounds {
  /** Maximum bytes of one body. */
  readonly max: number
  /** Limits the bytes of memory of all bodies. */
  readonly all: FairBound
  /** Returns the owner to whom the memory is attributed. Called only if the body arrives in several pieces. */
  owner(): string
}

/**
 * Collects the pieces of a body. They count towards the limit of all bodies until `whole` or `drop` is called.
 * A body that is complete with its first piece is parsed at once, so it is not counted here.
 */
export class BodyPieces {
  readonly #bounds: BodyBounds
  readonly #kept: Bytes[] = []
  readonly #announced: number
  #length = 0
  #share: Share | undefined

  /** `announced` is the value of the Content-Length header. Throws `HttpError` 413 if it exceeds the limit. */
  constructor(announced: string | undefined, bounds: BodyBounds) {
    this.#bounds = bounds
    this.#announced = Number(announced ?? Number.NaN)
    this.#check(this.#announced)
  }

  /** Throws `HttpError` 413 if the body exceeds its limit, and 503 if all bodies together take too much memory. */
  add(piece: Uint8Array): void {
    this.#check(this.#length + piece.length)
    if (piece.length !== this.#announced) this.#count(piece.length)
    this.#length += piece.length
    this.#kept.push(piece as Bytes) // Safe, because readers never return a `SharedArrayBuffer`.
  }

  whole(): Bytes {
    this.drop()
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

  drop(): void {
    if (this.#share) this.#bounds.all.giveBack(this.#share, this.#length)
    this.#share = undefined
  }

  #count(bytes: number): void {
    const { all } = this.#bounds
    const owner = this.#share?.owner ?? this.#bounds.owner()
    all.requireRoom(owner, bytes)
    this.#share = all.take(owner, bytes)
  }

  #check(bytes: number): void {
    if (bytes > this.#bounds.max) throw new HttpError(413, `A body may have at most ${this.#bounds.max} bytes`)
  }
}

/** Reads a body. Rejects with `HttpError`: 413 or 503 if a limit is exceeded, 400 if the connection closes too early. */
export async function collectBody(chunks: AsyncIterable<Uint8Array>, announced: string | undefined, bounds: BodyBounds): Promise<Bytes> {
  const pieces = new BodyPieces(announced, bounds)
  try {
    for await (const chunk of unbroken(chunks)) pieces.add(chunk)
    return pieces.whole()
  } finally {
    pieces.drop()
  }
}

export const incompleteBody = (cause?: unknown): HttpError => new HttpError(400, 'The connection was closed before the request body was complete', { cause })

async function* unbroken<T>(chunks: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* chunks
  } catch (cause) {
    throw incompleteBody(cause)
  }
}
