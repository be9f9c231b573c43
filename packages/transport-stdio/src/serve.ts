/** One client served over a pair of byte streams, until its input ends or the transport is closed. */
import type { Readable, Writable } from 'node:stream'
import { Connection, encodeMessage, type Running, type ServerDefinition } from '@gangway/core'
import { atMost, failure, InvalidRequestError, ParseError, type RpcError } from '@gangway/core/jsonrpc'
import { LineReader } from './lines.ts'
import { divertStrayWrites } from './stray.ts'
import { LineWriter } from './writer.ts'

export interface ServeOptions {
  readonly stdin: Readable
  readonly stdout: Writable
  /** Bytes. */
  readonly maxLine: number
  /** Milliseconds. */
  readonly drain: number
}

const REASON = 'The server is shutting down'

export async function serveStdio(server: ServerDefinition, options: ServeOptions): Promise<Running> {
  await server.open()
  return new StdioServer(server, options)
}

class StdioServer implements Running {
  readonly url = undefined
  readonly closed: Promise<void>
  readonly #server: ServerDefinition
  readonly #options: ServeOptions
  readonly #writer: LineWriter
  readonly #connection: Connection
  readonly #reader: LineReader
  readonly #restoreWrites: () => void
  #end: (() => void) | undefined

  constructor(server: ServerDefinition, options: ServeOptions) {
    const { stdin, stdout, maxLine } = options
    this.#server = server
    this.#options = options
    this.#writer = new LineWriter(stdout)
    this.#restoreWrites = divertStrayWrites(stdout)
    this.#connection = new Connection(server, (message) => this.#writer.write(encodeMessage(server, message)))
    this.#reader = new LineReader(maxLine, {
      line: (text) => void this.#connection.receive(text), // Not awaited: a slow tool must not hold up the next request.
      undecodable: () => this.#refuse(new ParseError()),
      overlong: () => this.#refuse(new InvalidRequestError(`A message may have at most ${maxLine} bytes`)),
    })
    this.closed = new Promise<void>((resolve) => (this.#end = resolve)).then(() => this.#teardown())
    this.closed.catch(() => {}) // Whoever waits for it hears of it.
    stdin.on('data', this.#receive).once('end', this.#ended).once('close', this.#ended).once('error', this.#ended)
    stdout.on('error', this.#ended).once('close', this.#ended) // EPIPE: the client is gone. What is still written fails again.
  }

  close(): Promise<void> {
    if (!this.#end) this.#connection.close(REASON) // Asked a second time: do not wait for what is in flight.
    this.#ended()
    return this.closed
  }

  readonly #receive = (chunk: Uint8Array): void => {
    const { stdin, stdout } = this.#options
    this.#reader.push(chunk)
    if (!stdout.writableNeedDrain) return
    stdin.pause() // A client that does not read is not read from.
    stdout.once('drain', () => this.#end && stdin.resume())
  }

  readonly #ended = (): void => {
    this.#end?.()
    this.#end = undefined
  }

  async #teardown(): Promise<void> {
    const { stdin, drain } = this.#options
    stdin.off('data', this.#receive).pause()
    this.#reader.end()
    await atMost(drain, this.#connection.drain())
    await atMost(drain, this.#writer.flushed()) // A client that never reads must not keep us.
    this.#connection.close(REASON)
    try {
      await this.#server.close()
    } finally {
      this.#restoreWrites()
    }
  }

  #refuse(error: RpcError): void {
    this.#writer.write(JSON.stringify(failure(null, error)))
  }
}
