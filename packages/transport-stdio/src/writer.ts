/** An ordered queue of messages for a byte stream. It hands over no more than the stream can pass on at a time. */
import type { Writable } from 'node:stream'

/** Characters of one write, unless a single message is longer. */
const PIECE = 64 * 1024

export interface LineWriterOptions {
  /** The stream's original `write`, if the one of the object was replaced. @default `output.write` */
  readonly write?: Writable['write'] | undefined
  /** Called with the number of bytes that wait to be written, after every change. */
  readonly onUnsent: (bytes: number) => void
}

export class LineWriter {
  readonly #output: Writable
  readonly #write: Writable['write']
  readonly #onUnsent: (bytes: number) => void
  readonly #flushed: (() => void)[] = []
  #lines: string[] = []
  /** Bytes of the queued lines and of the write in progress. */
  #queued = 0
  #unsent = 0
  #busy = false
  #lost = false

  constructor(output: Writable, { write = output.write, onUnsent }: LineWriterOptions) {
    this.#output = output
    this.#write = write.bind(output)
    this.#onUnsent = onUnsent
  }

  /** Queues one message, which must contain no newline. Messages of one turn of the event loop are written together. */
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

  /** Resolves when everything was handed over to the stream, or never will be. */
  flushed(): Promise<void> {
    return this.#unsent === 0 || this.#lost || !this.#output.writable ? Promise.resolve() : new Promise((resolve) => this.#flushed.push(resolve))
  }

  /** Drops the queue, because no reader is left. `process.stdout` stays writable in that case, so the stream does not tell. */
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
