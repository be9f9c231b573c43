/** Masks secrets in streamed text. It passes on whole lines only, because a secret split between two chunks would not be found. */

/** Characters of an unfinished line that are buffered. A longer line is passed on in parts. */
const MAX_LINE = 64 * 1024

/** Characters of such a line that stay buffered, because a secret may begin in them. */
const TAIL = 8 * 1024

/** Marks cut text. `redact` masks the beginning of a secret before it. */
const CUT = '…'

export class MaskedLines {
  readonly #redact: (text: string) => string
  readonly #onText: (text: string) => void
  readonly #chunks: string[] = []
  #length = 0

  constructor(redact: (text: string) => string, onText: (text: string) => void) {
    this.#redact = redact
    this.#onText = onText
  }

  push(text: string): void {
    const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
    if (end > 0) {
      this.#keep(text.slice(0, end))
      this.#onText(this.#redact(this.#take()))
    }
    if (end < text.length) this.#keep(text.slice(end))
    if (this.#length <= MAX_LINE) return
    const masked = this.#redact(this.#take())
    this.#onText(masked.slice(0, -TAIL))
    this.#keep(masked.slice(-TAIL))
  }

  /** Passes on the unfinished line. It may end in the middle of a secret, if the program was killed. */
  end(): void {
    if (this.#length > 0) this.#onText(this.#redact(`${this.#take()}${CUT}`).slice(0, -CUT.length))
  }

  #keep(text: string): void {
    this.#chunks.push(text)
    this.#length += text.length
  }

  #take(): string {
    const text = this.#chunks.join('')
    this.#chunks.length = 0
    this.#length = 0
    return text
  }
}
