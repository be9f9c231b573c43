/** Newline framing: bytes in, whole lines out, with a bound on how long one may grow. */
import { isUtf8 } from 'node:buffer'

export interface LineSink {
  line(text: string): void
  /** A line that is not UTF-8. */
  undecodable(): void
  /** A line that grew beyond the bound; it is dropped up to its end. */
  overlong(): void
}

const NEWLINE = 0x0a

/** Splits on the byte, before decoding, so that a character cut in two by a chunk comes out whole. Blank lines are skipped. */
export class LineReader {
  readonly #maxLength: number
  readonly #sink: LineSink
  #parts: Uint8Array[] = []
  #length = 0
  #dropping = false

  /** `maxLength` in bytes. */
  constructor(maxLength: number, sink: LineSink) {
    this.#maxLength = maxLength
    this.#sink = sink
  }

  push(chunk: Uint8Array): void {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end))
      this.#finish()
      start = end + 1
    }
    if (start < chunk.length) this.#append(chunk.subarray(start))
  }

  /** The input has ended; what came after the last newline is a line, too. */
  end(): void {
    this.#finish()
  }

  #append(part: Uint8Array): void {
    if (this.#dropping || part.length === 0) return
    this.#length += part.length
    if (this.#length <= this.#maxLength) return void this.#parts.push(part)
    this.#dropping = true
    this.#parts = []
    this.#sink.overlong()
  }

  #finish(): void {
    const [first, ...rest] = this.#parts
    const bytes = first && rest.length === 0 ? Buffer.from(first.buffer, first.byteOffset, first.length) : Buffer.concat(this.#parts)
    this.#parts = []
    this.#length = 0
    this.#dropping = false
    if (!isUtf8(bytes)) return this.#sink.undecodable()
    const text = bytes.toString().trim()
    if (text !== '') this.#sink.line(text)
  }
}
