/** Newline framing: splits bytes into lines of bounded length. */
import nodeBuffer from 'node:buffer' // A named import would fail to load on Node.js 16, before `run()` can report the version.

export interface LineSink {
  line(text: string): void
  /** A line that is not UTF-8. */
  undecodable(): void
  /** A line longer than the limit. It is dropped up to its end. */
  overlong(): void
}

const NEWLINE = 0x0a
/** Parts of a line before they are joined: each costs about 200 bytes, however small it is. */
const MOST_PARTS = 1024

/** Splits bytes before it decodes them, so that a character split between two chunks stays whole. Skips blank lines. */
export class LineReader {
  readonly #maxLength: number
  readonly #sink: LineSink
  #parts: Uint8Array[] = []
  /** Joined parts that precede `#parts`. */
  #joined: Uint8Array[] = []
  #length = 0
  #dropping = false

  /** `maxLength` is in bytes. */
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

  /** Call at the end of the input: text after the last newline is treated as a line. */
  end(): void {
    this.#finish()
  }

  /** Decoding all lines together takes a third of the time of decoding each. */
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
