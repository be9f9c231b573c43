/** One ordered queue of messages towards a byte stream: what one turn of the event loop says goes out in one write. */
import type { Writable } from 'node:stream'

export class LineWriter {
  readonly #output: Writable
  /** The stream's own, which others in the process may no longer reach. */
  readonly #write: Writable['write']
  #lines = ''

  constructor(output: Writable) {
    this.#output = output
    this.#write = output.write.bind(output)
  }

  /** Takes the text of one message; JSON has no newlines of its own. */
  write(text: string): void {
    if (this.#lines === '') setImmediate(() => this.#flush())
    this.#lines += `${text}\n`
  }

  /** Resolves when all that was written is handed over, or never will be. */
  flushed(): Promise<void> {
    this.#flush()
    return new Promise((resolve) => (this.#output.writable ? this.#write('', () => resolve()) : resolve()))
  }

  #flush(): void {
    const lines = this.#lines
    this.#lines = ''
    if (lines !== '' && this.#output.writable) this.#write(lines)
  }
}
