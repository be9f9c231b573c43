/** Passes text on in whole lines, with secrets masked: a secret in two chunks would not be found. */

/** Characters of a line without an end that are kept before they are passed on, secrets masked as far as they are found. */
const MAX_LINE = 64 * 1024

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
      this.end()
    }
    if (end < text.length) this.#keep(text.slice(end))
    if (this.#length > MAX_LINE) this.end()
  }

  /** Passes on what is left. */
  end(): void {
    if (this.#length > 0) this.#onText(this.#redact(this.#chunks.join('')))
    this.#chunks.length = 0
    this.#length = 0
  }

  #keep(text: string): void {
    this.#chunks.push(text)
    this.#length += text.length
  }
}
