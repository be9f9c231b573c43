/** Newline framing: bytes in, whole lines out, with a bound on how long one may grow. */
import nodeBuffer from 'node:buffer' // Not by name: that fails to load on Node.js 16, which `run()` then reports.

export interface LineSink {
  line(text: string): void
  /** A line that is not UTF-8. */
  undecodable(): void
  /** A line that grew beyond the bound; it is dropped up to its end. */
  overlong(): void
}

const NEWLINE = 0x0a
/** Parts that are kept apart: each costs some 200 bytes, however small it is. */
const MOST_PARTS = 1024

/** Splits on the byte, before decoding, so that a character cut in two by a chunk comes out whole. Blank lines are skipped. */
export class LineReader {
  readonly #maxLength: number
  readonly #sink: LineSink
  #parts: Uint8Array[] = []
  /** What came before them, when there were too many. */
  #joined: Uint8Array[] = []
  #length = 0
  #dropping = false

  /** `maxLength` in bytes. */
  constructor(maxLength: number, sink: LineSink) {
    this.#maxLength = maxLength
    this.#sink = sink
  }

  push(chunk: Uint8Array): void {
    let rest = chunk
    if (this.#length > 0) {
      const end = rest.indexOf(NEWLINE)
      if (end < 0) return this.#append(rest)
      this.#append(rest.subarray(0, end))
      this.#finish()
      rest = rest.subarray(end + 1)
    }
    const last = rest.lastIndexOf(NEWLINE)
    if (last >= 0) this.#wholeLines(rest.subarray(0, last))
    this.#append(rest.subarray(last + 1))
  }

  /** The input has ended; what came after the last newline is a line, too. */
  end(): void {
    this.#finish()
  }

  /** To decode them together costs a third of what it does one by one. */
  #wholeLines(bytes: Uint8Array): void {
    if (bytes.length <= this.#maxLength && nodeBuffer.isUtf8(bytes)) {
      for (const line of decode(bytes).split('\n')) this.#decoded(line)
      return
    }
    for (let start = 0; start <= bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start)
      const end = newline < 0 ? bytes.length : newline
      this.#append(bytes.subarray(start, end))
      this.#finish()
      start = end + 1
    }
  }

  #append(part: Uint8Array): void {
    if (part.length === 0) return
    this.#length += part.length
    if (this.#length <= this.#maxLength) return this.#keep(part)
    if (!this.#dropping) this.#sink.overlong()
    this.#dropping = true
    this.#parts = []
    this.#joined = []
  }

  #keep(part: Uint8Array): void {
    this.#parts.push(part)
    if (this.#parts.length < MOST_PARTS) return
    this.#joined.push(Buffer.concat(this.#parts))
    this.#parts = []
  }

  #finish(): void {
    const parts = [...this.#joined, ...this.#parts]
    const [first] = parts
    const bytes = first && parts.length === 1 ? first : Buffer.concat(parts)
    this.#parts = []
    this.#joined = []
    this.#length = 0
    this.#dropping = false
    if (nodeBuffer.isUtf8(bytes)) this.#decoded(decode(bytes))
    else this.#sink.undecodable()
  }

  #decoded(line: string): void {
    const text = line.trim()
    if (text !== '') this.#sink.line(text)
  }
}

const decode = ({ buffer, byteOffset, length }: Uint8Array): string => Buffer.from(buffer, byteOffset, length).toString()
