/** One ordered queue of messages towards a byte stream, which gets no more at a time than it can pass on. */
import type { Writable } from 'node:stream'

/** Characters that go out in one write, unless a single message has more. */
const PIECE = 64 * 1024

export interface LineWriterOptions {
  /** The stream's own, where others may no longer reach it. @default `output.write` */
  readonly write?: Writable['write'] | undefined
  /** Hears how many bytes wait to leave, whenever that changes. */
  readonly onUnsent: (bytes: number) => void
}

export class LineWriter {
  readonly #output: Writable
  readonly #write: Writable['write']
  readonly #onUnsent: (bytes: number) => void
  readonly #flushed: (() => void)[] = []
  #lines: string[] = []
  /** Bytes of the lines, and with them of what is being written. */
  #queued = 0
  #unsent = 0
  #busy = false
  #lost = false

  constructor(output: Writable, { write = output.write, onUnsent }: LineWriterOptions) {
    this.#output = output
    this.#write = write.bind(output)
    this.#onUnsent = onUnsent
  }

  /** Takes the text of one message; JSON has no newlines of its own. What one turn of the event loop says goes out together. */
  write(text: string): void {
    if (this.#lost || !this.#output.writable) return
    const bytes = Buffer.byteLength(text) + 1
    this.#lines.push(text)
    this.#queued += bytes
    this.#count(bytes)
    if (this.#busy) return
    this.#busy = true
    setImmediate(() => this.#next())
  }

  /** Resolves when all that was written is handed over, or never will be. */
  flushed(): Promise<void> {
    return this.#unsent === 0 || this.#lost || !this.#output.writable ? Promise.resolve() : new Promise((resolve) => this.#flushed.push(resolve))
  }

  /** Nobody reads any more: nothing is waited for, whatever the stream says of itself, as `process.stdout` stays writable. */
  abandon(): void {
    this.#lost = true
    this.#lines = []
    this.#settle()
  }

  #next(): void {
    this.#busy = this.#lines.length > 0 && this.#output.writable
    if (!this.#busy) return this.#settle()
    const { piece, bytes } = this.#take()
    this.#queued -= bytes
    this.#write(piece, 'utf8', () => {
      this.#count(-bytes)
      this.#next()
    })
  }

  #take(): { piece: string; bytes: number } {
    const lines = this.#lines
    let end = 0
    for (let length = 0; length < PIECE && end < lines.length; end++) length += lines[end]?.length ?? 0
    this.#lines = lines.splice(end)
    const piece = `${lines.join('\n')}\n`
    return { piece, bytes: this.#lines.length === 0 ? this.#queued : Buffer.byteLength(piece) }
  }

  #count(bytes: number): void {
    this.#unsent += bytes
    this.#onUnsent(this.#unsent)
  }

  #settle(): void {
    for (const resolve of this.#flushed.splice(0)) resolve()
  }
}
