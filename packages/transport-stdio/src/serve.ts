/** One client served over a pair of byte streams, until its input ends or the transport is closed. */
import process from 'node:process'
import type { Readable, Writable } from 'node:stream'
import { Connection, encodeMessage, GangwayError, type Running, type ServerDefinition } from '@gangway/core'
import { atMost, InvalidRequestError, ParseError, toDelay } from '@gangway/core/jsonrpc'
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
  /** Whether the process ends with the server: what prints in between must not reach the client either. */
  readonly ownsProcess: boolean
}

const REASON = 'The server is shutting down'

/** Milliseconds that the steps of an end get even if the time for it is used up. */
const FLUSH = 250
const HOOKS = 1000

/** Milliseconds in which a client has had its first answers. */
const LATER = 100

/** Bytes that are read before the server is open, which may take its time. */
const MAX_EARLY = 1024 * 1024

/** Requests that run code of the author's. It may say so of others; those are only slower. */
const RUNS_CODE = /(?:call|read|get|complete)"/

/** Two servers would both answer every message. */
const taken = new WeakSet<Readable>()

/** Streams of one's own need no guarding. */
export async function serveStdio(server: ServerDefinition, options: ServeOptions): Promise<Running> {
  const { stdin, stdout, drain } = options
  if (taken.has(stdin)) throw new GangwayError('GANGWAY_E_USAGE', 'Another server is served on this stdin, and there is one client: serve this one on another transport, or put its tools into the other')
  const firewall = stdout === process.stdout ? guardStdout() : undefined
  const strictStdout = firewall?.strict ?? options.strictStdout
  const [place] = firewall?.places ?? []
  try {
    if (strictStdout && place !== undefined) throw strayPrint(place)
    if (server.hasStartHooks) firewall?.children.divert()
    const running = new StdioServer(server, { ...options, strictStdout }, firewall)
    if (await running.open()) return running
    throw new GangwayError('GANGWAY_E_START', `The client has left, and the server had not started ${drain / 1000} s later: look for something in onStart that never ends`)
  } catch (error) {
    if (firewall) releaseStdout()
    throw error
  }
}

/** The children that the server starts end with it. What it returns ends them. */
export function ownChildren({ stdout }: Pick<ServeOptions, 'stdout'>): () => Promise<void> {
  if (stdout !== process.stdout) return async () => {}
  const { children } = guardStdout()
  const kill = (): void => children.kill()
  process.once('exit', kill)
  return async () => {
    await children.end()
    process.off('exit', kill)
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
  /** What comes before the server is open. */
  #early: Uint8Array[] | undefined = []
  #earlyBytes = 0
  #opened: Promise<void> = Promise.resolve()
  #fault: GangwayError | undefined
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
    stdin.on('data', this.#receive).once('end', this.#ended).once('close', this.#ended).on('error', this.#ended).resume()
    output.on('error', this.#lost).once('close', () => this.#lost())
    firewall?.listen(this.#stray)
    setTimeout(() => this.#end && firewall?.children.divert(), LATER).unref()
    taken.add(stdin)
  }

  /** Resolves with false if the client left too long before the server was open. Rejects if it cannot be opened. */
  async open(): Promise<boolean> {
    const { stdin } = this.#options
    this.#opened = this.#server.open().then(() => this.#takeEarly())
    try {
      return await Promise.race([this.#opened.then(() => true), this.closed.then(() => false)])
    } catch (error) {
      this.#end = undefined
      this.#leave()
      if (!stdin.readableEnded) for (const chunk of (this.#early ?? []).toReversed()) stdin.unshift(chunk) // For who tries again.
      throw error
    }
  }

  close(): Promise<void> {
    if (!this.#end) this.#connection.close(REASON) // Asked a second time: do not wait for what is in flight.
    this.#ended()
    return this.closed
  }

  readonly #receive = (chunk: Uint8Array): void => {
    const { stdin } = this.#options
    if (this.#early) return this.#keep(this.#early, chunk)
    this.#reader.push(chunk)
    const room = this.#connection.room()
    if (!room) return
    stdin.pause()
    void room.then(() => this.#end && stdin.resume())
  }

  #keep(early: Uint8Array[], chunk: Uint8Array): void {
    early.push(chunk)
    this.#earlyBytes += chunk.length
    if (this.#earlyBytes >= MAX_EARLY) this.#options.stdin.pause()
  }

  #takeEarly(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const chunk of early) this.#receive(chunk)
    if (this.#earlyBytes >= MAX_EARLY && this.#end && !this.#connection.room()) this.#options.stdin.resume()
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

  /** With EPIPE, the client is gone. With EBADF it may be there still, and wait for a response that cannot be sent. */
  readonly #lost = (error?: NodeJS.ErrnoException): void => {
    if (error?.code === 'EBADF') this.#fault ??= new GangwayError('GANGWAY_E_STDOUT', 'The descriptor of stdout was closed by code of the server, so responses cannot be sent: leave descriptor 1 open')
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
    const { drain } = this.#options
    const deadline = Date.now() + drain
    const left = (least: number): number => Math.max(deadline - Date.now(), least)
    // Unreferenced: where nothing is left that could go on with the start, that is seen at once.
    if (this.#early) await Promise.race([this.#opened, new Promise((resolve) => setTimeout(resolve, toDelay(drain)).unref())])
    this.#leave()
    this.#reader.end()
    this.#connection.endInput()
    await atMost(left(0), this.#connection.drain())
    this.#connection.close(REASON)
    await atMost(left(FLUSH), this.#writer.flushed())
    try {
      await atMost(left(HOOKS), this.#server.close())
    } finally {
      if (this.#firewall && !this.#options.ownsProcess) releaseStdout()
    }
    if (this.#fault) throw this.#fault
  }

  #leave(): void {
    const { stdin } = this.#options
    stdin.off('data', this.#receive).off('end', this.#ended).off('close', this.#ended).pause()
    taken.delete(stdin)
  }
}
