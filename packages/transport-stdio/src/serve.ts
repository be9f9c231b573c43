/** One client served over a pair of byte streams, until its input ends or the transport is closed. */
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { Connection, encodeMessage, GangwayError, type Running, type ServerDefinition } from '@gangway/core'
import { atMost, InvalidRequestError, ParseError } from '@gangway/core/jsonrpc'
import type { Firewall } from './firewall/firewall.ts'
import { guardStdout, releaseStdout } from './firewall/index.ts'
import { LineReader } from './lines.ts'
import { LineWriter } from './writer.ts'

export interface ServeOptions {
  readonly stdin: Readable
  readonly stdout: Writable
  /** Bytes. */
  readonly maxLine: number
  /** Milliseconds. */
  readonly drain: number
  /** Whether a stray print ends the server. */
  readonly strictStdout: boolean
}

const REASON = 'The server is shutting down'

/** Milliseconds that the steps of an end get even if the time for it is used up. */
const FLUSH = 250
const HOOKS = 1000

/** Milliseconds in which a client has had its first answers. */
const LATER = 500

/** Requests that run code of the author's. It may say so of others; those are only slower. */
const RUNS_CODE = /(?:call|read|get|complete)"/

/** Streams of one's own need no guarding. */
export async function serveStdio(server: ServerDefinition, options: ServeOptions): Promise<Running> {
  const firewall = options.stdout === process.stdout ? guardStdout() : undefined
  const strictStdout = firewall?.strict ?? options.strictStdout
  try {
    const [place] = firewall?.places ?? []
    if (strictStdout && place !== undefined) throw strayPrint(place)
    await server.open()
    return new StdioServer(server, { ...options, strictStdout }, firewall)
  } catch (error) {
    if (firewall) releaseStdout()
    throw error
  }
}

const strayPrint = (place: string): GangwayError =>
  new GangwayError('GANGWAY_E_STDOUT', `${place} writes to stdout, where a client reads messages: write to stderr, with console.error`)

class StdioServer implements Running {
  readonly url = undefined
  readonly parentGone: (() => void) | undefined
  readonly closed: Promise<void>
  readonly #server: ServerDefinition
  readonly #options: ServeOptions
  readonly #firewall: Firewall | undefined
  readonly #writer: LineWriter
  readonly #connection: Connection
  readonly #reader: LineReader
  #fault: GangwayError | undefined
  #ownsProcess = false
  #end: (() => void) | undefined

  constructor(server: ServerDefinition, options: ServeOptions, firewall: Firewall | undefined) {
    const { stdin, maxLine } = options
    this.#server = server
    this.#options = options
    this.#firewall = firewall
    this.parentGone = stdin === process.stdin ? this.#ended : undefined
    const output = firewall?.wire ?? options.stdout
    this.#writer = new LineWriter(output, { write: firewall?.write, onUnsent: (bytes) => (this.#connection.unsent = bytes) })
    this.#connection = new Connection(server, (message) => this.#writer.write(encodeMessage(server, message)))
    this.#reader = new LineReader(maxLine, {
      line: this.#line,
      undecodable: () => this.#connection.refuse(new ParseError()),
      overlong: () => this.#connection.refuse(new InvalidRequestError(`A message may have at most ${maxLine} bytes`)),
    })
    this.closed = new Promise<void>((resolve) => (this.#end = resolve)).then(() => this.#teardown())
    this.closed.catch(() => {}) // Whoever waits for it hears of it.
    stdin.on('data', this.#receive).once('end', this.#ended).once('close', this.#ended).on('error', this.#ended)
    output.on('error', this.#lost).once('close', this.#lost)
    firewall?.listen(this.#stray)
    setTimeout(() => this.#end && firewall?.children.divert(), LATER).unref()
  }

  close(): Promise<void> {
    if (!this.#end) this.#connection.close(REASON) // Asked a second time: do not wait for what is in flight.
    this.#ended()
    return this.closed
  }

  /** Whoever owns the process ends it after this, and what prints until then must not reach the client either. */
  ownProcess(): () => Promise<void> {
    this.#ownsProcess = true
    const children = this.#firewall?.children
    const kill = (): void => children?.kill()
    process.once('exit', kill)
    return async () => {
      await children?.end()
      process.off('exit', kill)
    }
  }

  readonly #receive = (chunk: Uint8Array): void => {
    const { stdin } = this.#options
    this.#reader.push(chunk)
    const room = this.#connection.room()
    if (!room) return
    stdin.pause()
    void room.then(() => this.#end && stdin.resume())
  }

  /** Not awaited: a slow tool must not hold up the next request. */
  readonly #line = (text: string): void => {
    if (this.#firewall && !this.#firewall.children.diverted && RUNS_CODE.test(text)) this.#firewall.children.divert()
    this.#connection.receive(text)
  }

  readonly #stray = (place: string): void => {
    if (this.#options.strictStdout) {
      this.#fault ??= strayPrint(place)
      this.#ended()
    } else this.#server.logger.warn({ place }, `${place} writes to stdout, where a client reads messages: it goes to stderr`)
  }

  /** EPIPE: the client is gone, and nobody is left to answer. */
  readonly #lost = (): void => {
    this.#writer.abandon()
    this.#connection.close(REASON)
    this.#ended()
  }

  readonly #ended = (): void => {
    this.#end?.()
    this.#end = undefined
  }

  /** Takes the drain time, and 1.25 s more if neither the client nor the hooks let go. */
  async #teardown(): Promise<void> {
    const { stdin, drain } = this.#options
    const deadline = Date.now() + drain
    const left = (least: number): number => Math.max(deadline - Date.now(), least)
    stdin.off('data', this.#receive).pause()
    this.#reader.end()
    await atMost(drain, this.#connection.drain())
    this.#connection.close(REASON)
    await atMost(left(FLUSH), this.#writer.flushed())
    try {
      await atMost(left(HOOKS), this.#server.close())
    } finally {
      if (this.#firewall && !this.#ownsProcess) releaseStdout()
    }
    if (this.#fault) throw this.#fault
  }
}
